using System.Collections.Immutable;
using Sallyport.Policy.Endpoints;

namespace Sallyport.Policy;

/// <summary>
/// A policy from above (agent.yml, the server) that one from below (a workflow's inputs) may tighten and never weaken:
/// block stays block, deny lists add up, and where the floor has a list of its own, only what it allows is left. A floor
/// without a list bounds nothing; one whose list is empty allows nothing.
/// </summary>
/// <param name="Document">The floor.</param>
public sealed record PolicyFloor(PolicyDocument Document)
{
    private bool Bounds => Document.HasAllow;

    /// <summary>Brings a policy within the floor.</summary>
    /// <param name="document">From below.</param>
    /// <param name="dropped">Rules of it that the floor does not allow, or only in part; in their order.</param>
    public PolicyDocument Apply(PolicyDocument document, out ImmutableArray<PolicyRule> dropped)
    {
        ArgumentNullException.ThrowIfNull(document);
        ImmutableArray<PolicyRule>.Builder outside = ImmutableArray.CreateBuilder<PolicyRule>();
        PolicyDocument within = document with
        {
            Mode = IsBlock(Document.Mode) || IsBlock(document.Mode) ? PolicyMode.Block : document.Mode ?? Document.Mode,
            Allow = AllowsAll(document) ? Document.Allow : Bound(document.Allow, outside),
            HasAllow = Bounds || document.HasAllow,
            Inbound = Bounds ? [.. document.Inbound.Where(rule => Document.Inbound.Any(above => above.Endpoint.Covers(rule.Endpoint)))] : document.Inbound,
            Deny = [.. document.Deny.Union(Document.Deny)],
            Steps = [.. document.Steps.Select(block => Bound(block, outside))],
            Processes = [.. document.Processes.Select(block => Bound(block, outside))],
            Detections = Stricter(document.Detections),
            Expected = Expected(document.Expected),
            Questions = Bounds ? [.. document.Questions.Intersect(Document.Questions)] : document.Questions,
            Sockets = Bounds ? [.. document.Sockets.Intersect(Document.Sockets)] : document.Sockets,
            OnAgentLoss = Document.OnAgentLoss == AgentLoss.Deny ? AgentLoss.Deny : document.OnAgentLoss,
        };
        dropped = outside.ToImmutable();
        return within;
    }

    /// <summary>A policy that neither lists nor refuses anything lets everything pass: within a list, that is the list.</summary>
    private bool AllowsAll(PolicyDocument document) => Bounds && !document.HasAllow && document.EffectiveMode == PolicyMode.Audit;

    private static bool IsBlock(PolicyMode? mode) => mode == PolicyMode.Block;

    private PolicyBlock Bound(PolicyBlock block, ImmutableArray<PolicyRule>.Builder outside) => block with
    {
        Allow = block.Allow is { } allow ? Bound(allow, outside) : null,
        Mode = IsBlock(Document.Mode) ? PolicyMode.Block : block.Mode,
    };

    /// <summary>A rule within one of the floor's stays; of one that is wider, what the floor has of it stays.</summary>
    private ImmutableArray<PolicyRule> Bound(ImmutableArray<PolicyRule> rules, ImmutableArray<PolicyRule>.Builder outside)
    {
        if (!Bounds)
        {
            return rules;
        }
        ImmutableArray<PolicyRule>.Builder kept = ImmutableArray.CreateBuilder<PolicyRule>();
        foreach (PolicyRule rule in rules)
        {
            if (Document.Allow.Any(above => above.Endpoint.Covers(rule.Endpoint)))
            {
                kept.Add(rule);
                continue;
            }
            outside.Add(rule);
            kept.AddRange(Document.Allow
                .Where(above => rule.Endpoint.Covers(above.Endpoint))
                .Select(above => above with { Origin = rule.Origin }));
        }
        return [.. kept.DistinctBy(rule => rule.Endpoint)];
    }

    /// <summary>Where the floor says which steps do a thing, nobody below adds to them.</summary>
    private ImmutableArray<StepExpectation> Expected(ImmutableArray<StepExpectation> below) =>
        [.. below.Where(one => !Document.Expected.Any(above => above.Right == one.Right)), .. Document.Expected];

    private ImmutableSortedDictionary<string, DetectionAction> Stricter(
        ImmutableSortedDictionary<string, DetectionAction> below) => below.SetItems(Document.Detections
            .Where(above => !below.TryGetValue(above.Key, out DetectionAction action) || action < above.Value));
}
