using System.Collections.Concurrent;

namespace Sallyport.Agent.Host;

/// <summary>What of a process is looked at: each has a lock of its own that the process can keep taken.</summary>
internal enum ProcessPart
{
    /// <summary>Arguments and environment (proc(5)): mmap_lock, while it executes another program exec_update_lock as well.</summary>
    Memory,

    /// <summary>A descriptor, to have it here (pidfd_getfd(2)): exec_update_lock.</summary>
    Descriptors,
}

/// <summary>
/// Looks into processes that may be the job's, and waits for none for long. Any user can keep a process from being looked into: one thread
/// unmaps what another one's fault holds in a file system of their own that does not answer (fuse(4)), and whoever reads the process's
/// arguments waits behind them. Number, parent, program, user and list of descriptors are read without a lock.
/// </summary>
internal static class ProcessLook
{
    /// <summary>Of one look, which takes microseconds, or some milliseconds where mappings change all the time.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>From the fourth on: all together they are not to take the time that a job has to start.</summary>
    private static readonly TimeSpan Impatience = TimeSpan.FromMilliseconds(50);

    private const int MostWaitedFor = 3;

    /// <summary>Each holds a thread for as long as it lets nobody look. Past them nothing is looked at.</summary>
    private const int MostSilent = 64;

    /// <summary>The same where a job goes without protection that is not looked at, and each is waited for.</summary>
    private const int MostSilentOfWorkers = 1024;

    private static readonly Lock looking = new();
    private static readonly PatientLook patient = new(Patience, int.MaxValue);
    private static readonly PatientLook impatient = new(Impatience, int.MaxValue);
    private static readonly ConcurrentDictionary<(ProcessIdentity, ProcessPart), bool> silent = new();

    /// <summary>The first bytes of a file of /proc/PID; empty when the process is gone, null when they are not to be had.</summary>
    /// <param name="pid">Of the process.</param>
    /// <param name="file">Its name.</param>
    /// <param name="mostBytes">What the caller can take.</param>
    /// <param name="mayBeWorker">Others that let nobody look are not to keep us from it.</param>
    internal static byte[]? TryRead(int pid, string file, int mostBytes, bool mayBeWorker = false)
    {
        byte[] bytes = [];
        return TryRun(pid, ProcessPart.Memory, () => bytes = ProcBytes.TryRead($"/proc/{pid}/{file}", mostBytes), mayBeWorker) ? bytes : null;
    }

    /// <summary>It was looked at, and has not let us yet. Others are not looked at either, past <see cref="MostSilent"/>.</summary>
    internal static bool IsSilent(int pid, ProcessPart part) => ProcessIdentity.Of(pid) is { } process && silent.ContainsKey((process, part));

    /// <summary>
    /// False when the process does not let us look: what was to be done comes to its end later, or never. Until it has, this process is not
    /// looked at again.
    /// </summary>
    internal static bool TryRun(int pid, ProcessPart part, Action into, bool mayBeWorker = false)
    {
        if (ProcessIdentity.Of(pid) is not { } process)
        {
            return true;
        }

        var key = (process, part);
        lock (looking)
        {
            if (silent.ContainsKey(key) || silent.Count >= (mayBeWorker ? MostSilentOfWorkers : MostSilent))
            {
                return false;
            }

            // Before, so that a look that ends late finds the mark that it takes away.
            silent[key] = true;
            var look = mayBeWorker || silent.Count <= MostWaitedFor ? patient : impatient;
            var hanging = look.Hanging;
            if (look.TryRun(() =>
                {
                    try
                    {
                        into();
                    }
                    finally
                    {
                        _ = silent.TryRemove(key, out _);
                    }
                }))
            {
                return true;
            }

            if (look.Hanging == hanging)
            {
                _ = silent.TryRemove(key, out _); // there was no thread to be had
            }

            return false;
        }
    }
}
