using System.CommandLine;
using System.Text;
using Sallyport.Server.Commands;

namespace Sallyport.Server.Tests.Commands;

/// <summary>
/// A command of the program in this process, and what it prints: thirty commands are not worth thirty starts of a runtime. That the program
/// comes to its commands is shown by the tests that start it.
/// </summary>
internal static class InProcess
{
    private static readonly AsyncLocal<StringWriter?> Output = new();
    private static readonly AsyncLocal<StringWriter?> Errors = new();

    static InProcess()
    {
        Console.SetOut(new Flowing(Console.Out, Output));
        Console.SetError(new Flowing(Console.Error, Errors));
    }

    /// <summary>Runs it; fails when its exit code is another.</summary>
    public static async Task<(string Output, string Errors)> RunAsync(int expected, params string[] arguments)
    {
        await using var output = new StringWriter();
        await using var errors = new StringWriter();
        (Output.Value, Errors.Value) = (output, errors);
        var code = await ServerCommandLine.Parse(arguments)
            .InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null }, TestContext.Current.CancellationToken);
        (Output.Value, Errors.Value) = (null, null);
        Assert.True(code == expected, $"{string.Join(' ', arguments)}: {code}\n{output}\n{errors}");
        return (output.ToString(), errors.ToString());
    }

    /// <summary>Writes where the flow of the caller says, so that tests beside each other do not mix; else where all goes.</summary>
    private sealed class Flowing(TextWriter others, AsyncLocal<StringWriter?> own) : TextWriter
    {
        public override Encoding Encoding => others.Encoding;

        public override void Write(char value) => (own.Value ?? others).Write(value);

        public override void Write(string? value) => (own.Value ?? others).Write(value);

        public override void WriteLine(string? value) => (own.Value ?? others).WriteLine(value);
    }
}
