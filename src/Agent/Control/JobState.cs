using System.Collections.Immutable;
using Sallyport.Agent.Enforcement;
using Sallyport.Agent.Host;
using Sallyport.Protocol.Control;

namespace Sallyport.Agent.Control;

/// <summary>What stands in the state folder about a job that is running: enough to tell, and to clean up after it.</summary>
/// <param name="V">Version of this document, 1.</param>
/// <param name="Id">Of the job.</param>
/// <param name="AgentPid">Process of the agent.</param>
/// <param name="AgentStartTicks">Its start, clock ticks since boot: the number alone may be used again.</param>
/// <param name="Mode"><c>audit</c> or <c>block</c>.</param>
/// <param name="InForce"><c>observing</c>, <c>enforcing</c> or <c>degraded</c>.</param>
/// <param name="Command">argv, masked.</param>
/// <param name="User">That the command runs as.</param>
/// <param name="Started">Wall clock.</param>
/// <param name="Cgroup">Folder of the job's cgroup, or null where none could be made.</param>
/// <param name="Network">Inode of the network namespace that <paramref name="Filters"/> are in.</param>
/// <param name="Filters">Filters on devices, which stay until somebody removes them; none where the kernel has links for it.</param>
/// <param name="Spool">Folder of the growing recording.</param>
/// <param name="Output">Folder that gets the outputs.</param>
internal sealed record JobState(
    int V,
    string Id,
    int AgentPid,
    long AgentStartTicks,
    string Mode,
    string InForce,
    ImmutableArray<string> Command,
    string User,
    DateTimeOffset Started,
    string? Cgroup,
    ulong Network,
    ImmutableArray<TrafficFilter>? Filters,
    string Spool,
    string Output)
{
    /// <summary>Worker of a runner's job; null of `run`.</summary>
    public int? WorkerPid { get; init; }

    /// <summary>Its start, clock ticks since boot.</summary>
    public long? WorkerStartTicks { get; init; }

    /// <summary>The worker, for good; null of `run`.</summary>
    internal ProcessIdentity? Worker => WorkerPid is { } pid && WorkerStartTicks is { } start ? new ProcessIdentity(pid, start) : null;

    /// <summary>Of the packets of its containers, 1 to 30, no other job's while it runs; 0 when there was none left.</summary>
    public int Mark { get; init; }

    /// <summary>Who holds its verdicts when the agent is killed; null of `run`.</summary>
    public ProcessIdentity? Guardian { get; init; }

    /// <summary>GITHUB_REPOSITORY, null while it is not known.</summary>
    public string? Repository { get; init; }

    /// <summary>GITHUB_RUN_ID, null while it is not known.</summary>
    public string? RunId { get; init; }

    /// <summary>What is missing, a sentence each.</summary>
    public ImmutableArray<string> Degraded { get; init; } = [];

    /// <summary><c>image</c> when the service covers every job, <c>action</c> when the job asked; null of `run`.</summary>
    public string? Origin { get; init; }

    /// <summary>Set when enforcement was overridden; null otherwise.</summary>
    public JobOverride? Override { get; init; }

    /// <summary>Deny list that is in force, as in <c>deny list version 7 of octo</c>; null for none.</summary>
    public string? DenyList { get; init; }

    /// <summary><see cref="InputsMark"/> of the inputs that the job has; null while it has none.</summary>
    public string? Asked { get; init; }

    /// <summary>Since when a runner's job is protected; null of `run`.</summary>
    public StartedCoverage? Coverage { get; init; }

    /// <summary><c>job</c> or <c>machine</c>, what is judged; null of `run`.</summary>
    public string? Scope { get; init; }
}
