using Sallyport.Agent.Commands;
using Sallyport.Agent.Configuration;
using Sallyport.Agent.Control;
using Sallyport.Agent.Host;

namespace Sallyport.Agent;

/// <summary>Entry of the process. What a run does, stage by stage, stands in <see cref="AgentPipeline"/>.</summary>
internal static class Program
{
    private static int Main(string[] arguments)
    {
        // Before anything else: the runtime and the agent open descriptors and change signals from here on.
        var caller = CallerState.Read();
        using var output = new Terminal(1);
        using var error = new Terminal(2);
        var context = new CommandContext(
            output, error, CallerEnvironment.Read(), caller, IsSupervisor: false, TimeProvider.System);
        try
        {
            if (SupervisorImage.IsNeeded(arguments))
            {
                context = context with { IsSupervisor = SupervisorImage.TryBecome() };
                if (!context.IsSupervisor)
                {
                    SupervisorImage.Become(caller);
                }
            }

            LibbpfLoading.Prepare();
            return arguments is ["internal", .. var task]
                ? InternalTasks.Run(task, context)
                : CommandLine.Run(arguments, context);
        }
        catch (CommandFailure failure)
        {
            error.WriteLine($"sallyport: {failure.Message}");
            return failure.Code;
        }
        catch (Exception unexpected) when (unexpected is not OutOfMemoryException)
        {
            error.WriteLine($"sallyport failed, which is a bug: {unexpected}");
            return ExitCode.SallyportFailed;
        }
    }
}
