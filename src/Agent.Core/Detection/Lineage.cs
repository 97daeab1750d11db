using Sallyport.Agent.Core.Files;
using Sallyport.Protocol.Recording;

namespace Sallyport.Agent.Core.Detection;

/// <summary>
/// Who descends from whom, for the detectors. Bounded by <see cref="Capacity"/> processes, of which the last
/// <see cref="ExitedCapacity"/> that ended are kept, because their children go on; past it a process has no ancestors.
/// </summary>
internal sealed class Lineage
{
    private const int Capacity = 139_264;
    private const int ExitedCapacity = 8192;
    private const int Generations = 256;

    private readonly Dictionary<string, LineageEntry> entries = new(StringComparer.Ordinal);
    private readonly Queue<string> exited = new();

    /// <summary>Of all processes that are alive.</summary>
    public IEnumerable<LineageEntry> Alive => entries.Values.Where(entry => entry.IsAlive);

    public LineageEntry? Find(string? process) => process is null ? null : entries.GetValueOrDefault(process);

    public void Accept(RecordedEvent value)
    {
        switch (value)
        {
            case ProcessForked forked when entries.Count < Capacity:
                var parent = Find(forked.Parent);
                entries[forked.Process] = new LineageEntry(
                    forked.Process, forked.Parent, forked.Execution, forked.Pid, forked.Container)
                {
                    Exe = parent?.Exe,
                    UserId = parent?.UserId,
                };
                break;
            case ProcessExecuted executed when Find(executed.Process) is { } entry:
                entry.Exe = executed.Exe;
                entry.Script = ProgramFile.ScriptOf(executed.Exe, executed.Argv, executed.WorkingDirectory);
                entry.UserId = executed.UserId;
                break;
            case ConnectionJudged { Process: { } process } judged when IsOutward(judged) && Find(process) is { } entry:
                entry.HasConnected = true;
                if (Find(entry.Parent) is { } above)
                {
                    above.ConnectedChild = process;
                }

                break;
            case ProcessExited ended when Find(ended.Process) is { IsAlive: true } entry:
                entry.IsAlive = false;
                exited.Enqueue(ended.Process);
                if (exited.Count > ExitedCapacity)
                {
                    _ = entries.Remove(exited.Dequeue());
                }

                break;
        }
    }

    /// <summary>
    /// The command of its step that a process belongs to: itself or the ancestor that is a child of the step's first process.
    /// What a script calls one after the other are several commands; a program and all that it starts are one.
    /// </summary>
    public string CommandOf(string process)
    {
        var current = process;
        for (var i = 0; i < Generations && Find(current) is { } entry; i++)
        {
            if (ParentInStep(entry) is not { } parent || ParentInStep(parent) is null)
            {
                break;
            }

            current = parent.Process;
        }

        return current;
    }

    /// <summary>
    /// The process by which what another one writes has come from outside: itself, or one that the same parent started, as in
    /// <c>curl … | tar x</c>. Null when it has not, as far as is known.
    /// </summary>
    public string? DownloaderOf(string? process) =>
        Find(process) is not { } entry ? null
        : entry.HasConnected ? entry.Process
        : ParentInStep(entry)?.ConnectedChild;

    /// <summary>Whether a process is another one or descends from it.</summary>
    public bool IsSameOrBelow(string? process, string ancestor)
    {
        for (var i = 0; i < Generations && process is not null; i++)
        {
            if (process == ancestor)
            {
                return true;
            }

            process = Find(process)?.Parent;
        }

        return false;
    }

    /// <summary>To another machine, and no question for a name.</summary>
    private static bool IsOutward(ConnectionJudged judged) =>
        judged is { Verdict: not RecordedVerdict.Refused, Protocol: "tcp" or "udp", Port: not 53 }
        && !judged.Address.StartsWith("127.", StringComparison.Ordinal) && judged.Address != "::1";

    private LineageEntry? ParentInStep(LineageEntry entry) =>
        Find(entry.Parent) is { } parent && parent.Execution == entry.Execution ? parent : null;
}
