using System.Diagnostics;

namespace Sallyport.Bench.Overhead;

/// <summary>A program started with an argument array; its output is kept for the case that it fails.</summary>
internal sealed class ChildProcess : IDisposable
{
    private readonly Process process;
    private readonly Task<string> output;
    private readonly Task<string> errors;

    private ChildProcess(Process process)
    {
        this.process = process;
        this.output = process.StandardOutput.ReadToEndAsync();
        this.errors = process.StandardError.ReadToEndAsync();
    }

    internal static ChildProcess Start(string program, params ReadOnlySpan<string> arguments)
    {
        var start = new ProcessStartInfo(program)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        Process process = Process.Start(start)
            ?? throw new InvalidOperationException($"{program} did not start");
        process.StandardInput.Close();
        return new ChildProcess(process);
    }

    /// <summary>Runs to the end.</summary>
    /// <exception cref="InvalidOperationException">It ended with another exit code than 0; the message has its output.</exception>
    /// <returns>What it printed.</returns>
    internal static string Run(string program, params ReadOnlySpan<string> arguments)
    {
        using ChildProcess child = Start(program, arguments);
        child.process.WaitForExit();
        if (child.process.ExitCode != 0)
        {
            throw new InvalidOperationException(
                $"{program} {string.Join(' ', arguments)}: exit code {child.process.ExitCode}\n"
                + child.output.GetAwaiter().GetResult() + child.errors.GetAwaiter().GetResult());
        }

        return child.output.GetAwaiter().GetResult();
    }

    /// <summary>Asks it to end, and waits until it has.</summary>
    internal void Terminate()
    {
        if (!this.process.HasExited)
        {
            Run("/bin/kill", "-TERM", this.process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture));
            this.process.WaitForExit();
        }
    }

    public void Dispose()
    {
        if (!this.process.HasExited)
        {
            this.process.Kill(entireProcessTree: true);
            this.process.WaitForExit();
        }

        this.process.Dispose();
    }
}
