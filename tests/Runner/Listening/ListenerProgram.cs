using System.Diagnostics;
using System.IO.Pipes;
using System.Runtime.InteropServices;
using Sallyport.Runner.Messages;
using Sallyport.Runner.Service;

namespace Sallyport.Runner.Listening;

/// <summary>
/// <c>Runner.Listener run</c>: jobs come on standard input, one at a time; each gets a worker, and what the worker says
/// goes to standard output.
/// </summary>
internal static class ListenerProgram
{
    public static async Task<int> RunAsync(string[] arguments)
    {
        if (arguments is not ["run"])
        {
            throw new RunnerException("Runner.Listener run: another command is not known to the stand-in.");
        }

        // Ctrl-C reaches the whole group; it is the tool that cancels, by a message.
        using PosixSignalRegistration interrupt =
            PosixSignalRegistration.Create(PosixSignal.SIGINT, context => context.Cancel = true);
        Task? job = null;
        TextWriter? worker = null;
        while (await Console.In.ReadLineAsync() is { } line)
        {
            if (PipeJson.FromLine(line).Cancel)
            {
                await (worker?.WriteLineAsync(line) ?? Task.CompletedTask);
                continue;
            }

            await (job ?? Task.CompletedTask);
            (worker, job) = await StartAsync(line);
        }

        await (job ?? Task.CompletedTask);
        return 0;
    }

    private static async Task<(TextWriter ToWorker, Task Job)> StartAsync(string message)
    {
        RunnerRoot root = RunnerRoot.OfThisProcess();
        AnonymousPipeServerStream toWorker = new(PipeDirection.Out, HandleInheritability.Inheritable);
        AnonymousPipeServerStream fromWorker = new(PipeDirection.In, HandleInheritability.Inheritable);
        ProcessStartInfo start = new($"{root.Bin}/{RunnerRoot.WorkerName}",
            ["spawnclient", toWorker.GetClientHandleAsString(), fromWorker.GetClientHandleAsString()])
        {
            WorkingDirectory = root.Bin,
            RedirectStandardInput = true,
        };
        start.Environment["GITHUB_ACTIONS"] = "true";
        start.Environment.TryAdd("CI", "true");
        Process process = Process.Start(start)!;
        process.StandardInput.Close();
        toWorker.DisposeLocalCopyOfClientHandle();
        fromWorker.DisposeLocalCopyOfClientHandle();
        StreamWriter writer = new(toWorker) { AutoFlush = true };
        await writer.WriteLineAsync(message);
        return (writer, RelayAsync(process, writer, fromWorker));
    }

    private static async Task RelayAsync(Process worker, StreamWriter toWorker, AnonymousPipeServerStream fromWorker)
    {
        using StreamReader reader = new(fromWorker);
        while (await reader.ReadLineAsync() is { } line)
        {
            await Console.Out.WriteLineAsync(line);
        }

        await worker.WaitForExitAsync();
        await Console.Out.WriteLineAsync(PipeJson.ToLine(new PipeMessage { Exited = worker.ExitCode }));
        await toWorker.DisposeAsync();
        worker.Dispose();
    }
}
