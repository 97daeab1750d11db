using System.Collections.Immutable;

namespace Sallyport.Policy;

/// <summary>What all sources together ask for. Immutable; lists are in the order of the sources.</summary>
public sealed record PolicyDocument
{
    /// <summary>Rules of one document, groups expanded, equal ones counted once.</summary>
    public const int MaxRules = 512;

    /// <summary>Entries of <c>steps</c> and <c>processes</c> together: the kernel holds 128 policies, of which the top
    /// level, the one of unknown steps and the intersections of entries that match together need a part.</summary>
    public const int MaxBlocks = 64;

    /// <summary>The document that allows nothing, in audit mode.</summary>
    public static PolicyDocument Empty { get; } = new();

    /// <summary>Null when no source says; audit then.</summary>
    public PolicyMode? Mode { get; init; }

    /// <summary>Top-level list.</summary>
    public ImmutableArray<PolicyRule> Allow { get; init; } = [];

    /// <summary>A source has a list, be it empty: of a floor, one that allows nothing is not one that says nothing.</summary>
    public bool HasAllow { get; init; }

    /// <summary>Wins over everything, in audit mode too.</summary>
    public ImmutableArray<PolicyRule> Deny { get; init; } = [];

    /// <summary>Peers outside the job that its servers may answer.</summary>
    public ImmutableArray<PolicyRule> Inbound { get; init; } = [];

    /// <summary>For single steps.</summary>
    public ImmutableArray<PolicyBlock> Steps { get; init; } = [];

    /// <summary>For single executables.</summary>
    public ImmutableArray<PolicyBlock> Processes { get; init; } = [];

    /// <summary>Globs of files to protect; null: all files tracked by git.</summary>
    public ImmutableArray<string>? ProtectedFiles { get; init; }

    /// <summary>Programs that may write to files that git tracks, by path as the program itself sees it.</summary>
    public ImmutableArray<string> FileTools { get; init; } = [];

    /// <summary>Detector id (kebab-case) to action, for those that the document names.</summary>
    public ImmutableSortedDictionary<string, DetectionAction> Detections { get; init; } =
        ImmutableSortedDictionary<string, DetectionAction>.Empty;

    /// <summary>Steps that publish, or ask for the job's identity; of others that is a finding.</summary>
    public ImmutableArray<StepExpectation> Expected { get; init; } = [];

    /// <summary>Types of DNS questions (RFC 1035 QTYPE) allowed beyond A, AAAA, CNAME, SRV, PTR and SOA.</summary>
    public ImmutableArray<DnsQuestionType> Questions { get; init; } = [];

    /// <summary>
    /// Unix sockets of daemons that were there before the job and that it may ask: absolute paths below /run rather than /var/run,
    /// or <c>@</c> and an abstract name.
    /// </summary>
    public ImmutableArray<string> Sockets { get; init; } = [];

    /// <summary>What a stale heartbeat does.</summary>
    public AgentLoss OnAgentLoss { get; init; }

    /// <summary>The mode in force where no block says otherwise.</summary>
    public PolicyMode EffectiveMode => Mode ?? PolicyMode.Audit;
}
