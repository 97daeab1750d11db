using System.Globalization;
using Sallyport.Wire;

namespace Sallyport.Agent.Core.Correlation;

/// <summary>
/// Processes by the kernel's number. Bounded by what the kernel lets live at once and <see cref="ExitedCapacity"/>
/// that ended lately, which are kept because the other ring may still speak of them. Full means a process without
/// an entry, and counted; its events still carry its number.
/// </summary>
internal sealed class ProcessTable
{
    public const int ExitedCapacity = 8192;
    public const int Capacity = WireLimits.MaxTasks + ExitedCapacity;

    private readonly Dictionary<ulong, ProcessEntry> entries = [];
    private readonly Queue<ulong> exited = new();

    // Bounded by Capacity: an entry goes with the process that it is of.
    private readonly Dictionary<uint, ulong> latestOfPid = [];

    public long Overflow { get; private set; }

    /// <summary>Text of a process number; null for 0.</summary>
    public string? IdOf(ulong process) => process == 0 ? null : Find(process)?.Id ?? Text(process);

    public ProcessEntry? Find(ulong process) => entries.GetValueOrDefault(process);

    /// <summary>
    /// The entry of a process, made when it has none; null when the table is full or the number is 0.
    /// </summary>
    public ProcessEntry? FindOrAdd(ulong process, out bool added)
    {
        added = false;
        if (process == 0 || entries.TryGetValue(process, out var entry))
        {
            return process == 0 ? null : entries[process];
        }

        if (entries.Count >= Capacity)
        {
            Overflow++;
            return null;
        }

        added = true;
        entry = new ProcessEntry(Text(process));
        entries.Add(process, entry);
        return entry;
    }

    /// <summary>Takes note of a pid, which is used again: the last process that had it counts.</summary>
    public void SetPid(ProcessEntry entry, ulong process, uint pid)
    {
        entry.Pid = pid;
        latestOfPid[pid] = process;
    }

    /// <summary>Number of the last process of the job that had a pid; 0 when none is known.</summary>
    public ulong WithPid(uint pid) => latestOfPid.GetValueOrDefault(pid);

    /// <summary>Takes note of an end.</summary>
    /// <returns>An entry that left the table to make room, or null.</returns>
    public ProcessEntry? Exit(ulong process)
    {
        if (!entries.ContainsKey(process))
        {
            return null;
        }

        exited.Enqueue(process);
        if (exited.Count <= ExitedCapacity)
        {
            return null;
        }

        var oldest = exited.Dequeue();
        if (!entries.Remove(oldest, out var gone))
        {
            return null;
        }

        if (WithPid(gone.Pid) == oldest)
        {
            _ = latestOfPid.Remove(gone.Pid);
        }

        return gone;
    }

    private static string Text(ulong process) => string.Create(CultureInfo.InvariantCulture, $"p{process}");
}
