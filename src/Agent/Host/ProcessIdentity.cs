using System.Globalization;

namespace Sallyport.Agent.Host;

/// <summary>A process for good: a number is used again, a number with its start time is not.</summary>
/// <param name="Pid">As this namespace sees it.</param>
/// <param name="StartTicks">Field 22 of /proc/PID/stat, clock ticks since boot.</param>
internal sealed record ProcessIdentity(int Pid, long StartTicks)
{
    /// <summary>Gives null when no such process exists.</summary>
    internal static ProcessIdentity? Of(int pid)
    {
        var stat = ProcText.TryRead($"/proc/{pid}/stat");
        return stat is null || StartOf(stat) is not { } start ? null : new ProcessIdentity(pid, start);
    }

    /// <summary>False also for one that has ended and that its parent has not waited for yet.</summary>
    internal bool IsAlive =>
        ProcText.TryRead($"/proc/{Pid}/stat") is { } stat && StartOf(stat) == StartTicks && !HasEnded(stat);

    /// <summary>Field 3 is Z or X.</summary>
    internal static bool HasEnded(string stat) => StateOf(stat) is 'Z' or 'X';

    /// <summary>Stopped by a signal, until SIGCONT.</summary>
    internal bool IsStopped =>
        ProcText.TryRead($"/proc/{Pid}/stat") is { } stat && StartOf(stat) == StartTicks && StateOf(stat) == 'T';

    private static char? StateOf(string stat)
    {
        var end = stat.LastIndexOf(')');
        return end >= 0 && stat.AsSpan(end + 1).TrimStart() is [var state, ..] ? state : null;
    }

    /// <summary>
    /// The line is <c>pid (comm) state ppid …</c>, and comm may hold spaces and parentheses: the fields are
    /// counted from the last one.
    /// </summary>
    internal static long? StartOf(string stat)
    {
        var end = stat.LastIndexOf(')');
        if (end < 0)
        {
            return null;
        }

        var fields = stat[(end + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return fields.Length > 19 && long.TryParse(fields[19], CultureInfo.InvariantCulture, out var start) ? start : null;
    }

    /// <summary>Field 4, the parent's number.</summary>
    internal static int? ParentOf(string stat)
    {
        var end = stat.LastIndexOf(')');
        var fields = end < 0 ? [] : stat[(end + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return fields.Length > 1 && int.TryParse(fields[1], CultureInfo.InvariantCulture, out var parent) ? parent : null;
    }
}
