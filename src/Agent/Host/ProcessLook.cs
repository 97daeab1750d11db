namespace Sallyport.Agent.Host;

/// <summary>
/// Looks into processes that may be the job's. Whoever reads the arguments or the environment of one, or takes a descriptor of it, takes a
/// lock of its (mmap_lock, exec_update_lock: proc(5), pidfd_getfd(2)), and any user can keep that taken: one thread unmaps what another
/// one's fault holds in a file system of their own that does not answer (fuse(4), Linux 6.4 and later). Number, parent, program, user and
/// list of descriptors are read without a lock.
/// </summary>
internal static class ProcessLook
{
    /// <summary>Of one look, which takes microseconds, or some milliseconds where mappings change all the time.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>Each holds a thread for as long as it lives. Past them we wait: what is not seen is not taken for harmless.</summary>
    private const int MostSilent = 64;

    private static readonly Lock looking = new();
    private static readonly PatientLook look = new(Patience, int.MaxValue);
    private static readonly HashSet<ProcessIdentity> silent = [];

    /// <summary>The first bytes of a file of /proc/PID; empty when the process is gone, null when it does not let us look.</summary>
    internal static byte[]? TryRead(int pid, string file, int mostBytes)
    {
        byte[] bytes = [];
        return TryRun(pid, () => bytes = ProcBytes.TryRead($"/proc/{pid}/{file}", mostBytes)) ? bytes : null;
    }

    /// <summary>False when the process does not let us look: what was to be done may come to its end later, or never.</summary>
    internal static bool TryRun(int pid, Action into)
    {
        if (ProcessIdentity.Of(pid) is not { } process)
        {
            return true;
        }

        lock (looking)
        {
            if (silent.Contains(process))
            {
                return false;
            }

            if (silent.Count < MostSilent || silent.RemoveWhere(one => !one.IsAlive) > 0)
            {
                var before = look.Hanging;
                if (look.TryRun(into))
                {
                    return true;
                }

                if (look.Hanging > before)
                {
                    _ = silent.Add(process);
                    return false;
                }
            }
        }

        into(); // here: there are too many, or no thread is to be had
        return true;
    }
}
