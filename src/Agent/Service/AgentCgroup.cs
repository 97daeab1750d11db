using Sallyport.Agent.Host;
using Sallyport.Policy.Machine;

namespace Sallyport.Agent.Service;

/// <summary>
/// The cgroup of what watches jobs, beside all others: what stops, kills or freezes the service of a runner, or Sallyport's
/// own, by its cgroup does not take along the processes whose jobs go on.
/// </summary>
internal static class AgentCgroup
{
    private const string Name = "sallyport-agent";

    /// <summary>Moves this process there. Gives why it cannot, or null.</summary>
    internal static string? Enter(MachineSettings settings)
    {
        if ((settings.CgroupRoot ?? CgroupHierarchy.OfThisMachine()?.MountPoint) is not { } root)
        {
            return null;
        }

        try
        {
            Cgroup.Create(Path.Combine(root, Name)).Adopt(Environment.ProcessId);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"stays in the cgroup of who started it: {e.Message}";
        }
    }
}
