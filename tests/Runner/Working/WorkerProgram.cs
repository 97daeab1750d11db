using System.Globalization;
using System.IO.Pipes;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Sallyport.Runner.Messages;
using Sallyport.Runner.Service;

namespace Sallyport.Runner.Working;

/// <summary><c>Runner.Worker spawnclient fdIn fdOut</c>: one job, told and reported over two pipes.</summary>
internal static class WorkerProgram
{
    /// <summary>The exit code is this plus the result: 0 succeeded, 2 failed, 3 cancelled.</summary>
    private const int ExitBase = 100;

    public static async Task<int> RunAsync(string[] arguments)
    {
        if (arguments is not ["spawnclient", var input, var output])
        {
            throw new RunnerException("Runner.Worker spawnclient FD FD: by the listener only.");
        }

        // Steps must not hold the pipes open. (Whether the runner's own do was not measured.)
        Libc.CloseOnExec(int.Parse(input, CultureInfo.InvariantCulture));
        Libc.CloseOnExec(int.Parse(output, CultureInfo.InvariantCulture));
        Environment.SetEnvironmentVariable(DotnetRoot.Variable, null);
        using PosixSignalRegistration interrupt =
            PosixSignalRegistration.Create(PosixSignal.SIGINT, context => context.Cancel = true);
        RunnerRoot root = RunnerRoot.OfThisProcess();
        using WorkerLog log = WorkerLog.Create(root.Diag);
        log.Write("HostContext", $"Well known directory 'Bin': '{root.Bin}'");
        log.Write("HostContext", $"Well known directory 'Root': '{root.Path}'");
        log.Write("Worker", $"Version: {RunnerRoot.Version}");
        log.Write("Worker", "Waiting to receive the job message from the channel.");
        using StreamReader reader = new(new AnonymousPipeClientStream(PipeDirection.In, input));
        await using StreamWriter writer =
            new(new AnonymousPipeClientStream(PipeDirection.Out, output)) { AutoFlush = true };
        string line = await reader.ReadLineAsync() ?? throw new RunnerException("the channel closed without a job");
        PipeMessage message = PipeJson.FromLine(line);
        string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(line)));
        log.Write("ProcessChannel", $"Receiving message of length {line.Length}, with hash '{hash}'");
        log.Write("Worker", "Message received.");

        using CancellationTokenSource cancel = new();
        _ = CancelWhenToldAsync(reader, cancel);
        Lock toPipe = new();
        JobContext job = new(message.Job!, root, log, said =>
        {
            lock (toPipe)
            {
                writer.WriteLine(PipeJson.ToLine(new PipeMessage { Line = said }));
            }
        }, cancel.Token);
        log.Write("Worker", $"Job message:\n {message.Message!.ToJsonString(PipeJson.Document.Options)}");
        JobResult result = await new JobRunner(job).RunAsync();
        log.Write("Worker", "Job completed.");
        await writer.WriteLineAsync(PipeJson.ToLine(new PipeMessage { Result = result }));
        return ExitBase + result.Conclusion switch { "success" => 0, "failure" => 2, _ => 3 };
    }

    private static async Task CancelWhenToldAsync(StreamReader reader, CancellationTokenSource cancel)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            if (PipeJson.FromLine(line).Cancel)
            {
                await cancel.CancelAsync();
            }
        }
    }
}
