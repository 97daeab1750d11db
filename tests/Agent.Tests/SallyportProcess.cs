using System.Diagnostics;
using System.Text;

namespace Sallyport.Agent.Tests;

/// <summary>The real program, built beside these tests, with a deadline.</summary>
internal static class SallyportProcess
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    internal static string Program { get; } = Path.Combine(AppContext.BaseDirectory, "sallyport");

    internal static bool IsRoot => Environment.UserName == "root";

    internal static Task<Outcome> Run(params string[] arguments) => RunAt(AppContext.BaseDirectory, Program, arguments);

    internal static async Task<Outcome> RunAt(string folder, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        using var deadline = new CancellationTokenSource(Deadline);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(deadline.Token);
            var error = process.StandardError.ReadToEndAsync(deadline.Token);
            await process.WaitForExitAsync(deadline.Token);
            return new Outcome(process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} {string.Join(' ', arguments)} did not end within {Deadline}");
        }
    }

    internal sealed record Outcome(int Code, string Output, string Error);
}
