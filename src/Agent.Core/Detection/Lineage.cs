using Sallyport.Agent.Core.Files;
using Sallyport.Protocol.Recording;

namespace Sallyport.Agent.Core.Detection;

/// <summary>
/// Who descends from whom, for the detectors. Bounded by <see cref="Capacity"/> processes. Of those that have ended the last
/// <see cref="ExitedCapacity"/> are kept, for what they did may be told later, and all from which a known one descends. When that is too
/// much, the one that ended first goes, with its place in the tree of its children; <see cref="Overflow"/> counts these, and the
/// processes for which there was no room.
/// </summary>
internal sealed class Lineage
{
    internal const int Capacity = 139_264;

    /// <summary>Ancestors that are looked at for one question: more than honest trees have.</summary>
    internal const int Generations = 256;

    /// <summary>Programs that one process is remembered to have run.</summary>
    internal const int MostPrograms = 16;

    private const int ExitedCapacity = 8192;

    private readonly Dictionary<string, LineageEntry> entries = new(StringComparer.Ordinal);

    // Each that has ended and is known stands here once, so it is bounded as they are.
    private readonly Queue<string> exited = new();

    /// <summary>Of all processes that are alive.</summary>
    public IEnumerable<LineageEntry> Alive => entries.Values.Where(entry => entry.IsAlive);

    /// <summary>What could not be kept or looked at, since the start.</summary>
    public long Overflow { get; private set; }

    public LineageEntry? Find(string? process) => process is null ? null : entries.GetValueOrDefault(process);

    public void Accept(RecordedEvent value)
    {
        switch (value)
        {
            case ProcessForked forked:
                Fork(forked);
                break;
            case ProcessExecuted executed when Find(executed.Process) is { } entry:
                Execute(entry, executed);
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
                ForgetSome();
                break;
        }
    }

    /// <summary>
    /// The process by which what another one writes has come from outside: itself, or one that the same parent started, as in
    /// <c>curl … | tar x</c>. Null when it has not, as far as is known.
    /// </summary>
    public LineageEntry? DownloaderOf(LineageEntry? entry) =>
        entry is null ? null
        : entry.HasConnected ? entry
        : Find(ParentInStep(entry)?.ConnectedChild);

    /// <summary>Of a process and those that it descends from, the one that first ran a file.</summary>
    public LineageEntry? RunnerOf(string path, string process)
    {
        LineageEntry? found = null;
        var entry = Find(process);
        for (var i = 0; i < Generations && entry is not null; i++)
        {
            found = entry.Programs?.Contains(path) == true ? entry : found;
            entry = Find(entry.Parent);
        }

        Overflow += found is null && entry is not null ? 1 : 0;
        return found;
    }

    /// <summary>To another machine, and no question for a name.</summary>
    private static bool IsOutward(ConnectionJudged judged) =>
        judged is { Verdict: not RecordedVerdict.Refused, Protocol: "tcp" or "udp", Port: not 53 }
        && !judged.Address.StartsWith("127.", StringComparison.Ordinal) && judged.Address != "::1";

    private void Fork(ProcessForked forked)
    {
        if (Find(forked.Process) is not null)
        {
            return;
        }

        if (entries.Count >= Capacity && !MakeRoom())
        {
            Overflow++;
            return;
        }

        var parent = Find(forked.Parent);
        var inStep = parent?.Execution == forked.Execution ? parent : null;
        entries[forked.Process] = new LineageEntry(
            forked.Process,
            forked.Parent,
            forked.Execution,
            forked.Pid,
            forked.Container,
            inStep is not null && !IsShellOfStep(inStep) ? inStep.Command : null)
        {
            Exe = parent?.Exe,
            IsRuntimes = parent?.IsRuntimes == true,
            UserId = parent?.UserId,
        };
        if (parent is not null)
        {
            parent.Children++;
        }
    }

    private void Execute(LineageEntry entry, ProcessExecuted executed)
    {
        entry.Exe = executed.Exe;
        entry.Script = ProgramFile.ScriptOf(executed.Exe, executed.Argv, executed.WorkingDirectory);
        entry.IsRuntimes = ProgramFile.IsRuntimesOwn(executed.Argv);
        entry.UserId = executed.UserId;
        Remember(entry, entry.Exe);
        Remember(entry, entry.Script);
    }

    /// <summary>
    /// The first program of an execution, when it is a shell: what it starts one after the other is what the step calls. In a container a shell
    /// is the step's when it was given the step's script; those above it are the runtime's on its way in, and the client that the runner began
    /// the execution with.
    /// </summary>
    private bool IsShellOfStep(LineageEntry entry)
    {
        var above = ParentInStep(entry);
        if (entry.Exe is null && above is null)
        {
            return true; // not known
        }

        if (!entry.IsOfRuntime && !IsStepsShell(entry))
        {
            return false;
        }

        while (above is { IsOfRuntime: true })
        {
            above = ParentInStep(above);
        }

        return above is null || (entry.Container is not null && above.Container is null && ParentInStep(above) is null);
    }

    private static bool IsStepsShell(LineageEntry entry) =>
        entry.Exe is { } exe && ProgramFile.IsShell(exe) && (entry.Container is null || RunnerFiles.IsScriptInContainer(entry.Script));

    private void Remember(LineageEntry entry, string? program)
    {
        if (program is null || ProgramFile.IsOfSystem(program) || entry.Programs?.Contains(program) == true)
        {
            return;
        }

        entry.Programs ??= [];
        if (entry.Programs.Count < MostPrograms)
        {
            entry.Programs.Add(program);
        }
        else
        {
            Overflow++;
        }
    }

    /// <summary>Two for each that ends, so that their number comes down again; those with children go to the end of the queue.</summary>
    private void ForgetSome()
    {
        for (var i = 0; i < 2 && exited.Count > ExitedCapacity; i++)
        {
            var oldest = exited.Dequeue();
            if (entries[oldest].Children > 0)
            {
                exited.Enqueue(oldest);
            }
            else
            {
                Forget(oldest);
            }
        }
    }

    private bool MakeRoom()
    {
        if (!exited.TryDequeue(out var oldest))
        {
            return false;
        }

        Overflow += entries[oldest].Children > 0 ? 1 : 0;
        Forget(oldest);
        return true;
    }

    private void Forget(string process)
    {
        if (entries.Remove(process, out var entry) && Find(entry.Parent) is { } parent)
        {
            parent.Children--;
        }
    }

    private LineageEntry? ParentInStep(LineageEntry entry) =>
        Find(entry.Parent) is { } parent && parent.Execution == entry.Execution ? parent : null;
}
