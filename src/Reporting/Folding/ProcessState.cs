using System.Collections.Immutable;
using Sallyport.Protocol.Recording;
using Sallyport.Protocol.Report;

namespace Sallyport.Reporting.Folding;

/// <summary>What is known of one process.</summary>
internal sealed class ProcessState(string id, long firstBootNs, int order)
{
    // The last few programs are enough for a chain like sh -c › env › node.
    private const int MaximumEarlier = 4;

    public string Id { get; } = id;

    public long FirstBootNs { get; } = firstBootNs;

    public int Order { get; } = order;

    public int Pid { get; set; }

    public string? Parent { get; set; }

    public string? Step { get; set; }

    public string? Container { get; set; }

    public bool StartSeen { get; set; }

    /// <summary>The last exec, its own or inherited.</summary>
    public ProcessExecuted? Program { get; set; }

    public bool HasExecuted { get; set; }

    public ImmutableArray<ProgramDocument> Earlier { get; private set; } = [];

    public ProcessExited? Exit { get; set; }

    /// <summary>True when a row of the report names it or one of its descendants.</summary>
    public bool IsReferenced { get; set; }

    public int Children { get; set; }

    /// <summary>That it took of the budget.</summary>
    public long Characters { get; set; }

    public void Execute(ProcessExecuted program)
    {
        if (HasExecuted && Program is { } before)
        {
            Earlier = Earlier.Length < MaximumEarlier ? Earlier : Earlier.RemoveAt(0);
            Earlier = Earlier.Add(new ProgramDocument(before.Exe, before.Argv));
        }

        Program = program;
        HasExecuted = true;
        Pid = program.Pid;
        Container = program.Container ?? Container;
    }

    public ProcessDocument Document(WallClock clock, string? step, string? sha256) => new(
        Id,
        Pid,
        Parent,
        Program?.Exe,
        Program?.Argv ?? [],
        Program?.ArgvTruncated ?? false,
        Program?.WorkingDirectory,
        Program?.UserId.ToString(System.Globalization.CultureInfo.InvariantCulture),
        HasExecuted,
        Program?.Unlinked ?? false,
        sha256,
        Earlier,
        StartSeen ? clock.At(FirstBootNs) : null,
        Exit is null ? null : clock.At(Exit.BootTimeNs),
        Exit?.ExitCode,
        Exit?.Signal,
        step,
        Container);
}
