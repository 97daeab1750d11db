using System.CommandLine;
using Sallyport.Agent.Configuration;
using Sallyport.Agent.Control;
using Sallyport.Agent.Host;

namespace Sallyport.Agent.Commands;

/// <summary>
/// <c>sallyport cleanup</c>: removes what jobs that are gone left. Never a live job's; safe to repeat. A cgroup that
/// somebody is still in stays, because the agent ended and what it left running did not.
/// </summary>
internal static class CleanupCommand
{
    internal static Command Create(CommandContext context)
    {
        var command = new Command("cleanup", "Remove pins, cgroups and state that dead jobs left; live jobs are not touched.");
        command.SetAction(_ =>
        {
            StatusCommand.RequireRoot();
            var kept = 0;
            foreach (var path in Leftovers.Find().Stale)
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

    private static bool IsCgroup(string path) => File.Exists(Path.Combine(path, "cgroup.procs"));

    private static string Why(string path) => !IsCgroup(path)
        ? $"it cannot be removed; look at {AgentFolders.State}"
        : $"processes are in it: {string.Join(' ', new Cgroup(path).Processes().Take(16))}";
}
