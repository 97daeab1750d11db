using System.Diagnostics;
using Sallyport.Runner.Messages;

namespace Sallyport.Runner.Service;

/// <summary>One running <c>Runner.Listener run</c>, which is given one job after another.</summary>
internal sealed class RunnerInstance : IDisposable
{
    private static readonly string[] s_ofAnotherRunner = ["GITHUB_", "RUNNER_", "ACTIONS_", "INPUT_", "STATE_"];

    private readonly Process _listener;

    private RunnerInstance(Process listener) => _listener = listener;

    public static RunnerInstance Start(RunnerRoot root, RunnerOptions options)
    {
        ProcessStartInfo start = new($"{root.Bin}/{RunnerRoot.ListenerName}", ["run"])
        {
            WorkingDirectory = root.Path,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        // The tool itself may run in a job of another runner: none of that one's variables is this one's.
        foreach (string name in start.Environment.Keys
            .Where(name => s_ofAnotherRunner.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal))).ToList())
        {
            start.Environment.Remove(name);
        }

        if (options.User is { } user)
        {
            start.UserName = user;
            start.Environment["HOME"] = Account.Find(user).Home;
            start.Environment["USER"] = start.Environment["LOGNAME"] = user;
        }

        foreach ((string name, string value) in options.Environment)
        {
            start.Environment[name] = value;
        }

        // The executables find .NET by this; the worker takes it away again.
        start.Environment[DotnetRoot.Variable] = DotnetRoot.OfThisProcess;
        return new RunnerInstance(Process.Start(start)!);
    }

    public async Task<JobResult> RunAsync(PipeMessage job, Action<string> line, CancellationToken cancelled)
    {
        await SendAsync(job);
        await using CancellationTokenRegistration registration =
            cancelled.Register(() => _ = SendAsync(new PipeMessage { Cancel = true }));
        JobResult? result = null;
        while (await _listener.StandardOutput.ReadLineAsync(CancellationToken.None) is { } text)
        {
            PipeMessage message = PipeJson.FromLine(text);
            if (message.Line is { } said)
            {
                line(said);
            }

            result = message.Result ?? result;
            if (message.Exited is { } code)
            {
                return (result ?? throw new RunnerException($"the worker ended with {code} and without a result"))
                    with { WorkerExitCode = code };
            }
        }

        throw new RunnerException("the listener has ended");
    }

    public void Dispose()
    {
        _listener.StandardInput.Close();
        if (!_listener.WaitForExit(TimeSpan.FromSeconds(20)))
        {
            _listener.Kill(entireProcessTree: true);
        }

        _listener.Dispose();
    }

    private async Task SendAsync(PipeMessage message)
    {
        await _listener.StandardInput.WriteLineAsync(PipeJson.ToLine(message));
        await _listener.StandardInput.FlushAsync();
    }
}
