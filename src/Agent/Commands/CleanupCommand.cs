using System.CommandLine;
using System.Globalization;
using Sallyport.Agent.Configuration;
using Sallyport.Agent.Control;
using Sallyport.Agent.Enforcement;
using Sallyport.Agent.Host;
using Sallyport.Agent.Runner.Privileges;

namespace Sallyport.Agent.Commands;

/// <summary>
/// <c>sallyport cleanup</c>: removes what jobs that are gone left. Never a live job's; safe to repeat. A cgroup that
/// somebody is still in stays, because the agent ended and what it left running did not.
/// </summary>
internal static class CleanupCommand
{
    internal static Command Create(CommandContext context)
    {
        var command = new Command("cleanup", "Remove filters, cgroups and state that dead jobs left; live jobs are not touched.");
        command.SetAction(_ =>
        {
            StatusCommand.RequireRoot();
            var kept = 0;
            var left = Leftovers.Find();
            foreach (var filter in left.Filters)
            {
                // Gone with its device, or not the job's any more: nothing is left of it either way.
                context.Output.WriteLine($"{(filter.TryRemove() ? "removed" : "gone:")} {Describe(filter)}");
            }

            foreach (var job in MachineChanges.OfGoneJobs())
            {
                var undone = MachineChanges.Undo(job);
                kept += undone ? 0 : 1;
                context.Output.WriteLine($"{(undone ? "given back" : "not given back:")} what job {Printable.Line(job)} took (sudo, sockets of runtimes)");
            }

            foreach (var path in left.Stale)
            {
                var removed = IsCgroup(path) ? new Cgroup(path).TryRemove() : OwnPath.Remove(path);
                kept += removed ? 0 : 1;
                context.Output.WriteLine(
                    removed ? $"removed {Printable.Line(path)}" : $"kept {Printable.Line(path)}: {Why(path)}");
            }

            return kept == 0 ? ExitCode.Success : ExitCode.SallyportFailed;
        });
        return command;
    }

    internal static string Describe(TrafficFilter filter) => string.Create(
        CultureInfo.InvariantCulture,
        $"tc filter {filter.Handle:x} ({(filter.Point == 1 ? "ingress" : "egress")} of device {filter.Device})");

    private static bool IsCgroup(string path) => File.Exists(Path.Combine(path, "cgroup.procs"));

    private static string Why(string path) => !IsCgroup(path)
        ? $"it cannot be removed; look at {AgentFolders.State}"
        : $"processes are in it: {string.Join(' ', new Cgroup(path).Processes().Take(16))}";
}
