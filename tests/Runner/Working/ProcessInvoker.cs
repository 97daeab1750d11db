using System.Diagnostics;
using System.Globalization;

namespace Sallyport.Runner.Working;

/// <summary>
/// Starts a process as the runner does and logs it as the runner does: standard input a closed pipe, output two pipes,
/// same group, session and cgroup, oom_score_adj 500 just after the start. Children that hold the pipes are waited for
/// 5 s after the process's end, and are then left alone.
/// </summary>
internal sealed class ProcessInvoker(WorkerLog log)
{
    private const string Source = "ProcessInvokerWrapper";

    private static readonly TimeSpan s_streams = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_interrupt = TimeSpan.FromSeconds(7.5);
    private static readonly TimeSpan s_terminate = TimeSpan.FromSeconds(2.5);

    private static readonly string[] s_settings =
    [
        "Require exit code zero: 'False'", "Encoding web name:  ; code page: ''",
        "Force kill process on cancellation: 'False'",
        "Redirected STDIN: 'False'", "Persist current code page: 'False'", "Keep redirected STDIN open: 'False'",
        "High priority process: 'False'",
    ];

    public async Task<int> RunAsync(
        string program, string arguments, string folder, IReadOnlyDictionary<string, string> environment,
        Action<string> line, CancellationToken cancelled)
    {
        log.Write(Source, "Starting process:");
        log.Write(Source, $"  File name: '{program}'");
        log.Write(Source, $"  Arguments: '{arguments}'");
        log.Write(Source, $"  Working directory: '{folder}'");
        foreach (string setting in s_settings)
        {
            log.Write(Source, $"  {setting}");
        }

        ProcessStartInfo start = new(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        long began = Stopwatch.GetTimestamp();
        using Process process = Process.Start(start)!;
        int pid = process.Id;
        process.StandardInput.Close();
        AdjustOom(pid);
        log.Write(Source, $"Process started with process id {pid}, waiting for process exit.");
        Task streams = Task.WhenAll(ReadAsync(process.StandardOutput, line), ReadAsync(process.StandardError, line));
        await EndAsync(process, cancelled);
        await Task.WhenAny(streams, Task.Delay(s_streams, CancellationToken.None));
        log.Write(Source, string.Create(CultureInfo.InvariantCulture,
            $"Finished process {pid} with exit code {process.ExitCode}, "
            + $"and elapsed time {Stopwatch.GetElapsedTime(began)}."));
        return process.ExitCode;
    }

    private async Task EndAsync(Process process, CancellationToken cancelled)
    {
        try
        {
            await process.WaitForExitAsync(cancelled);
            return;
        }
        catch (OperationCanceledException)
        {
            log.Write(Source, $"Cancellation was asked for; ending process {process.Id}.");
        }

        if (!await EndsAsync(process, Libc.SIGINT, "SIGINT", s_interrupt)
            && !await EndsAsync(process, Libc.SIGTERM, "SIGTERM", s_terminate))
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
        }
    }

    private async Task<bool> EndsAsync(Process process, int signal, string name, TimeSpan wait)
    {
        log.Write(Source, $"Sending {name} to process {process.Id}.");
        _ = Libc.kill(process.Id, signal);
        using CancellationTokenSource deadline = new(wait);
        try
        {
            await process.WaitForExitAsync(deadline.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private async Task ReadAsync(StreamReader stream, Action<string> line)
    {
        while (await stream.ReadLineAsync() is { } text)
        {
            line(text);
        }

        log.Write(Source, "STDOUT/STDERR stream read finished.");
    }

    private void AdjustOom(int pid)
    {
        string value = Environment.GetEnvironmentVariable("PIPELINE_JOB_OOMSCOREADJ") ?? "500";
        try
        {
            File.WriteAllText($"/proc/{pid}/oom_score_adj", value);
            log.Write(Source, $"Updated oom_score_adj to {value} for PID: {pid}.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It may have ended already, as the genuine runner allows for.
            log.Write(Source, $"Failed to update oom_score_adj for PID: {pid}: {e.Message}");
        }
    }
}
