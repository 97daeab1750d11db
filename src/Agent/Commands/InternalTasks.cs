using Sallyport.Agent.Control;
using Sallyport.Agent.Host;
using Sallyport.Agent.Runner;
using Sallyport.Agent.Service;
using Sallyport.Agent.Upload;

namespace Sallyport.Agent.Commands;

/// <summary><c>sallyport internal …</c>: images of this program that `run` starts for itself.</summary>
internal static class InternalTasks
{
    internal static int Run(string[] task, CommandContext context)
    {
        // /proc/self/exe was executed, and the process would be named "exe".
        _ = Interop.Libc.prctl_name(Native.PR_SET_NAME, "sallyport");
        return task switch
        {
            ["supervise", var state, .. var arguments] when CallerState.TryParse(state, out var caller) =>
                CommandLine.Run(arguments, context with { Caller = caller, IsSupervisor = true }),
            ["launch", var gate, var report] => CommandLauncher.Run(gate, report),
            ["guard", var pipe, var hold] => GuardianProcess.Run(pipe, hold),
            ["upload", var recording, var orders, var results] => UploadTask.Run(recording, orders, results),
            ["daemon"] => Daemonise(context),
            ["job-agent", var socket] => RunnerJobAgent.Run(socket, context),
            _ => throw new CommandFailure(ExitCode.Usage, "'internal' is what sallyport starts for itself; see sallyport --help"),
        };
    }

    /// <summary>Its child is nobody's when it has ended: not below the worker, of whose job it is no part.</summary>
    private static int Daemonise(CommandContext context)
    {
        using var log = AgentLog.TryOpen();
        _ = OwnImage.StartHeardDaemon(log, ["sallyport", "agent", "--on-demand"], context.Caller.Descriptors);
        return ExitCode.Success;
    }
}
