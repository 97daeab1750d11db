using System.Collections.Immutable;

namespace Sallyport.Policy.Compiling;

/// <summary>
/// The tables of the kernel. A flow is refused when <c>m = (addresses[a] | lease[a]) &amp; ports[protocol, port]</c> holds a
/// rule of <see cref="Deny"/>, or when <c>addresses[a] | lease[a]</c> holds one of <see cref="DenyAnyPort"/>; it is allowed
/// when <c>m &amp; policy</c> is not empty, where policy is that of the step, of the executable, their intersection when both
/// have one, else policy 0. A question is refused when names[n] holds a rule of <see cref="DenyQuestion"/>, and allowed when
/// <c>names[n] &amp; policy</c> is not empty or the name is AskOnly.
/// </summary>
public sealed record CompiledPolicy
{
    /// <summary>By number.</summary>
    public required ImmutableArray<CompiledRule> Rules { get; init; }

    /// <summary>At most the kernel's SP_MAX_NAMES (16384).</summary>
    public required ImmutableArray<NameEntry> Names { get; init; }

    /// <summary>At most 512.</summary>
    public required ImmutableArray<AddressEntry> Addresses { get; init; }

    /// <summary>At most the kernel's SP_MAX_PORT_PREFIXES (8192).</summary>
    public required ImmutableArray<PortEntry> Ports { get; init; }

    /// <summary>Top level, entries of <c>steps</c>, entries of <c>processes</c>, and that of unknown steps.</summary>
    public required ImmutableArray<PolicyEntry> Policies { get; init; }

    /// <summary>
    /// Policy of an execution whose step is not known yet: the intersection of the top level and all steps. 0 when there
    /// are no steps.
    /// </summary>
    public required int UnknownStepIndex { get; init; }

    /// <summary>Policy of the runner itself; 0 where there is none.</summary>
    public required int RunnerIndex { get; init; }

    /// <summary>Rules that refuse, in every mode.</summary>
    public required RuleSet Deny { get; init; }

    /// <summary>Of these, the ones without a port: every port and protocol, also those that have no port entry.</summary>
    public required RuleSet DenyAnyPort { get; init; }

    /// <summary>Of these, the ones that refuse the question for the name.</summary>
    public required RuleSet DenyQuestion { get; init; }

    /// <summary>Rules that allow a flow only when it names itself (SNI, Host).</summary>
    public required RuleSet RequiresName { get; init; }

    /// <summary>Rules of HTTP proxies: what such a flow asks for (CONNECT, absolute URI) is judged too.</summary>
    public required RuleSet Proxy { get; init; }

    /// <summary>
    /// Peers that may be answered: <c>addresses[peer] &amp; ports[protocol, local port] &amp; Inbound</c>. In no policy's Allow.
    /// </summary>
    public required RuleSet Inbound { get; init; }

    /// <summary>Mode of the top level.</summary>
    public required PolicyMode Mode { get; init; }

    /// <summary>Detector id to action, for those that the document names.</summary>
    public required ImmutableSortedDictionary<string, DetectionAction> Detections { get; init; }

    /// <summary>Steps that publish, or ask for the job's identity.</summary>
    public required ImmutableArray<StepExpectation> Expected { get; init; }

    /// <summary>Question types opened beyond the standing ones.</summary>
    public required ImmutableArray<DnsQuestionType> Questions { get; init; }

    /// <summary>Unix sockets of the machine that the job may ask.</summary>
    public required ImmutableArray<string> Sockets { get; init; }

    /// <summary>What a stale heartbeat does.</summary>
    public required AgentLoss OnAgentLoss { get; init; }

    /// <summary>Search suffixes that are no names, or beyond the bound: names with them are refused like any other.</summary>
    public required ImmutableArray<string> IgnoredSearchDomains { get; init; }
}
