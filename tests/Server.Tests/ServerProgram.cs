using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace Sallyport.Server.Tests;

/// <summary>sallyport-server as a process of its own: the published one that SALLYPORT_SERVER names, or the one that these tests were built with.</summary>
internal sealed class ServerProgram : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(180);

    private readonly Process process;
    private readonly StringBuilder errors = new();
    private readonly Task<string> reading;

    private ServerProgram(Process process)
    {
        this.process = process;
        reading = ReadErrorsAsync();
    }

    public int Id => process.Id;

    /// <summary>Starts it, or a program that becomes it.</summary>
    public static ServerProgram Start(
        IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string>? environment = null, string? program = null)
    {
        var published = program ?? Environment.GetEnvironmentVariable("SALLYPORT_SERVER");
        var start = new ProcessStartInfo(published ?? "dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        string[] before = published is null ? ["exec", Path.Combine(AppContext.BaseDirectory, "sallyport-server.dll")] : [];
        foreach (var argument in before.Concat(arguments))
        {
            start.ArgumentList.Add(argument);
        }

        // The runtime of these tests is the published server's.
        start.Environment["DOTNET_ROOT"] = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        return new ServerProgram(Process.Start(start)!);
    }

    /// <summary>Runs it to its end.</summary>
    public static async Task<(int ExitCode, string Output, string Errors)> RunAsync(
        IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        await using var program = Start(arguments, environment);
        var output = await program.process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken).WaitAsync(Deadline);
        return (await program.EndAsync(), output, await program.ErrorsAsync());
    }

    /// <summary>Lines of its output up to the one that holds a text.</summary>
    public async Task<List<string>> UntilAsync(string text)
    {
        var lines = new List<string>();
        while (await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Deadline) is { } line)
        {
            lines.Add(line);
            if (line.Contains(text, StringComparison.Ordinal))
            {
                return lines;
            }
        }

        throw new InvalidOperationException($"it ended without '{text}': {string.Join('\n', lines)}\n{await ErrorsAsync()}");
    }

    public async Task TerminateAsync()
    {
        using var kill = Process.Start(new ProcessStartInfo("kill", ["-TERM", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]))!;
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    public async Task<int> EndAsync()
    {
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Deadline);
        return process.ExitCode;
    }

    public Task<string> ErrorsAsync() => reading.WaitAsync(Deadline);

    public async ValueTask DisposeAsync()
    {
        process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync(CancellationToken.None);
        process.Dispose();
    }

    private async Task<string> ReadErrorsAsync()
    {
        while (await process.StandardError.ReadLineAsync() is { } line)
        {
            errors.AppendLine(line);
        }

        return errors.ToString();
    }
}
