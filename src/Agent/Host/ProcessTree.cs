using System.Globalization;

namespace Sallyport.Agent.Host;

/// <summary>The processes below one, by the parents that /proc names. The way where no cgroup could be made.</summary>
internal static class ProcessTree
{
    /// <summary>Bound on the walk: processes looked at.</summary>
    private const int MaximumProcesses = 131_072;

    internal static List<int> Below(int root)
    {
        var children = new Dictionary<int, List<int>>();
        foreach (var pid in ProcessNumbers.All().Take(MaximumProcesses))
        {
            if (ProcText.TryRead($"/proc/{pid}/stat") is { } stat && ProcessIdentity.ParentOf(stat) is { } parent)
            {
                (children.TryGetValue(parent, out var list) ? list : children[parent] = []).Add(pid);
            }
        }

        var found = new List<int> { root };
        for (var i = 0; i < found.Count; i++)
        {
            if (children.TryGetValue(found[i], out var list))
            {
                found.AddRange(list);
            }
        }

        return found;
    }

    /// <summary>
    /// Kills a process and all below it. Everything is stopped first, from the top: a shell whose child is killed before
    /// it would go on to its next command. Rounds, because who is not stopped yet may fork.
    /// </summary>
    internal static void Kill(ProcessIdentity root)
    {
        var stopped = new HashSet<int>();
        for (var round = 0; round < 16 && root.IsAlive; round++)
        {
            var fresh = Below(root.Pid).FindAll(stopped.Add);
            if (fresh.Count == 0)
            {
                break;
            }

            fresh.ForEach(pid => _ = Interop.Libc.kill(pid, Native.SIGSTOP));
        }

        foreach (var pid in stopped)
        {
            _ = Interop.Libc.kill(pid, Native.SIGKILL);
        }
    }
}
