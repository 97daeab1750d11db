using System.CommandLine;
using Sallyport.Agent.Host;
using Sallyport.Agent.Service;
using Sallyport.Protocol.Control;

namespace Sallyport.Agent.Commands;

/// <summary><c>sallyport override</c>: breaking the glass, by root on the machine.</summary>
internal static class OverrideCommand
{
    internal const string Examples = """
        For the moment when a policy is wrong and work cannot wait. The runners' jobs that run now are audited from here on, whatever
        their policy and the floor of the machine say: what is not allowed is reported and let through, but for what is under 'deny'.
        Each of their reports has the finding enforcement-overridden with the reason. Jobs that begin later are judged as ever.

        Example:
          sudo sallyport override --reason "the registry has moved, ticket 4711"

        Exit codes: 69 no job to override   70 a job did not answer   77 not root, or called from within a job
        """;

    internal static Command Create(CommandContext context)
    {
        var reason = new Option<string>("--reason")
        {
            Description = "Why; it stands in every output.",
            HelpName = "TEXT",
            Required = true,
        };
        var command = new Command("override", "Break the glass: stop refusing in the runners' jobs that run now, and say so everywhere.") { reason };
        command.SetAction(parsed =>
        {
            var text = parsed.GetValue(reason)!.Trim();
            var request = new JobOverrideRequest(text);
            if (!request.HasReason)
            {
                throw new CommandFailure(
                    ExitCode.Usage, $"--reason: it has {text.Length} characters; accepted are 1 to {JobOverrideRequest.LongestReason}");
            }

            if (Interop.Libc.geteuid() != 0)
            {
                throw new CommandFailure(ExitCode.NotPermitted, "only root may override enforcement: call it with sudo");
            }

            var reply = AgentClient.TryAsk(request);
            if (reply is JobStatusReply { Jobs: { IsEmpty: false } jobs })
            {
                foreach (var job in jobs)
                {
                    context.Output.WriteLine($"{job.Job}  {job.Mode} · {job.InForce}");
                }

                return ExitCode.Success;
            }

            throw reply switch
            {
                ControlErrorReply { Code: ControlErrorCode.NotPermitted } error => new CommandFailure(ExitCode.NotPermitted, error.Message),
                ControlErrorReply error => new CommandFailure(ExitCode.SallyportFailed, error.Message),
                _ => new CommandFailure(ExitCode.CannotEnforce, "no runner's job is watched on this machine"),
            };
        });
        return command;
    }
}
