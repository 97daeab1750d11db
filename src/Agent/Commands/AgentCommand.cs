using System.CommandLine;
using Sallyport.Agent.Configuration;
using Sallyport.Agent.Host;
using Sallyport.Agent.Service;

namespace Sallyport.Agent.Commands;

/// <summary><c>sallyport agent</c>: the service of a machine with runners.</summary>
internal static class AgentCommand
{
    internal const string Examples = """
        Covers every job of every Actions runner on this machine, with no change to any workflow: each Runner.Worker is met before
        its first instruction and goes on once its job is protected. Configuration: /etc/sallyport/agent.yml (docs/agent.md).
        Results: /var/lib/sallyport/jobs. It ends by SIGTERM; jobs that run are watched on, also by an older version.

        Examples:
          sudo sallyport agent                    in the foreground; as a service: systemctl enable --now sallyport
          sallyport agent --check                 is agent.yml, with the files that it names, without mistakes?
          sallyport agent --await                 in a runner's unit, before the runner: is there a service that protects its jobs?
        """;

    internal static Command Create(CommandContext context)
    {
        var onDemand = new Option<bool>("--on-demand")
        {
            Description = "Cover only jobs that ask, and end with the last one; 'job start' starts it so.",
        };
        var check = new Option<bool>("--check") { Description = "Read the configuration, say what is wrong with it, and end." };
        var waits = new Option<bool>("--await") { Description = "Wait for the service; fail where jobs may not run without it. For a runner's unit." };
        var command = new Command("agent", "Run as the service that covers every job of the runners on this machine.") { onDemand, check, waits };
        command.SetAction(parsed =>
        {
            var settings = MachineSettingsFile.Read();
            if (parsed.GetValue(check))
            {
                if (settings.ServerKeyFile is { } key)
                {
                    MachineSettingsFile.RequireSecret(key);
                }

                var policy = Runner.RunnerPolicy.OfMachine(settings);
                context.Output.WriteLine($"{MachineSettingsFile.Path}: {policy.Shown.Reason}");
                return ExitCode.Success;
            }

            if (Interop.Libc.geteuid() != 0)
            {
                throw new CommandFailure(ExitCode.NotPermitted, "'agent' needs root; 'sallyport doctor' says more");
            }

            if (parsed.GetValue(waits))
            {
                return RunnerGate.Pass(context, settings);
            }

            using var service = new AgentService(context, settings, parsed.GetValue(onDemand));
            return service.Run();
        });
        return command;
    }
}
