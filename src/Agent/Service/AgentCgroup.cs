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

    /// <summary>Of the processors, where a job of 100 has one share (cgroup v2, cpu.weight, 1 to 10000): it drains under whatever load.</summary>
    private const string Weight = "1000";

    /// <summary>
    /// What stops or starves whoever is in a cgroup, as a new one has it (cgroup-v2, "Interface Files"): root of a job before may have
    /// left another value there.
    /// </summary>
    private static readonly (string File, string Value)[] Free =
    [
        ("cgroup.freeze", "0"), ("cpu.max", "max"), ("memory.max", "max"), ("memory.high", "max"), ("memory.swap.max", "max"), ("pids.max", "max"),
        ("cpuset.cpus", "\n"), ("cpu.idle", "0"),
    ];

    /// <summary>Moves this process there. Gives what of it cannot be had, or null.</summary>
    internal static string? Enter(MachineSettings settings)
    {
        if ((settings.CgroupRoot ?? CgroupHierarchy.OfThisMachine()?.MountPoint) is not { } root)
        {
            return null;
        }

        try
        {
            var cgroup = Cgroup.Create(Path.Combine(root, Name));
            Loosen(cgroup.Folder); // first: whoever is moved into one that is frozen does not come to the next line
            cgroup.Adopt(Environment.ProcessId);
            return Weigh(Path.Combine(cgroup.Folder, "cpu.weight"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"stays in the cgroup of who started it: {e.Message}";
        }
    }

    private static void Loosen(string folder)
    {
        foreach (var (file, value) in Free)
        {
            var path = Path.Combine(folder, file);
            if (ProcText.TryRead(path) is { } now && now.Trim() != value.Trim())
            {
                File.WriteAllText(path, value);
            }
        }
    }

    private static string? Weigh(string weight)
    {
        const string Missed = "has no larger share of the processors than a job, and may fall behind under load";
        if (!File.Exists(weight))
        {
            return $"{Missed}: there is no {weight} (the controller cpu is off above it)";
        }

        try
        {
            File.WriteAllText(weight, Weight);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"{Missed}: {e.Message}";
        }
    }
}
