using System.Collections.Immutable;
using Sallyport.Policy.Endpoints;

namespace Sallyport.Policy.Editing;

/// <summary>What a document allows more or less than another: by meaning, not by text.</summary>
public static class PolicyDiff
{
    /// <summary>Compares; nothing when both mean the same.</summary>
    /// <param name="before">The older document.</param>
    /// <param name="after">The newer one.</param>
    public static ImmutableArray<PolicyDifference> Compare(PolicyDocument before, PolicyDocument after)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        return
        [
            .. Modes("mode", before.EffectiveMode, after.EffectiveMode),
            .. Lists("allow", before.Allow, after.Allow, DifferenceKind.Wider),
            .. Blocks("step", before, before.Steps, after, after.Steps),
            .. Blocks("process", before, before.Processes, after, after.Processes),
            .. Lists("deny", before.Deny, after.Deny, DifferenceKind.Narrower),
            .. Lists("inbound", before.Inbound, after.Inbound, DifferenceKind.Wider),
            .. Questions(before, after),
            .. Sockets(before, after),
            .. AgentLosses(before, after),
        ];
    }

    private static IEnumerable<PolicyDifference> Modes(string scope, PolicyMode before, PolicyMode after)
    {
        if (before != after)
        {
            yield return after == PolicyMode.Audit
                ? new PolicyDifference(DifferenceKind.Wider, scope, "block → audit", null)
                : new PolicyDifference(DifferenceKind.Narrower, scope, "audit → block", null);
        }
    }

    private static IEnumerable<PolicyDifference> Lists(
        string scope, ImmutableArray<PolicyRule> before, ImmutableArray<PolicyRule> after, DifferenceKind added)
    {
        DifferenceKind removed = added == DifferenceKind.Wider ? DifferenceKind.Narrower : DifferenceKind.Wider;
        return Uncovered(after, before).Select(rule => new PolicyDifference(added, scope, rule.Endpoint.Text, rule.Origin))
            .Concat(Uncovered(before, after).Select(rule => new PolicyDifference(removed, scope, rule.Endpoint.Text, rule.Origin)));
    }

    private static IEnumerable<PolicyRule> Uncovered(ImmutableArray<PolicyRule> rules, ImmutableArray<PolicyRule> by) => rules
        .Where(rule => !by.Any(other => other.Endpoint.Covers(rule.Endpoint)))
        .DistinctBy(rule => rule.Endpoint);

    // A block that one document lacks: there the top level is in force.
    private static IEnumerable<PolicyDifference> Blocks(
        string kind,
        PolicyDocument before,
        ImmutableArray<PolicyBlock> beforeBlocks,
        PolicyDocument after,
        ImmutableArray<PolicyBlock> afterBlocks)
    {
        IEnumerable<PolicyMatch> matches = beforeBlocks.Concat(afterBlocks).Select(block => block.Match).Distinct();
        foreach (PolicyMatch match in matches)
        {
            PolicyBlock? old = beforeBlocks.FirstOrDefault(block => block.Match == match);
            PolicyBlock? now = afterBlocks.FirstOrDefault(block => block.Match == match);
            string scope = $"{kind} {match}";
            IEnumerable<PolicyDifference> differences =
                Modes($"{scope} mode", old?.Mode ?? before.EffectiveMode, now?.Mode ?? after.EffectiveMode)
                .Concat(Lists(scope, EffectiveAllow(before, old), EffectiveAllow(after, now), DifferenceKind.Wider));
            foreach (PolicyDifference difference in differences)
            {
                yield return difference;
            }
        }
    }

    private static ImmutableArray<PolicyRule> EffectiveAllow(PolicyDocument document, PolicyBlock? block) =>
        block?.Allow is not { } own ? document.Allow : block.Extend ? own.AddRange(document.Allow) : own;

    private static IEnumerable<PolicyDifference> Questions(PolicyDocument before, PolicyDocument after) =>
        after.Questions.Except(before.Questions)
            .Select(type => new PolicyDifference(DifferenceKind.Wider, "dns questions", type.Name, null))
            .Concat(before.Questions.Except(after.Questions)
                .Select(type => new PolicyDifference(DifferenceKind.Narrower, "dns questions", type.Name, null)));

    private static IEnumerable<PolicyDifference> Sockets(PolicyDocument before, PolicyDocument after) =>
        after.Sockets.Except(before.Sockets)
            .Select(path => new PolicyDifference(DifferenceKind.Wider, "sockets", path, null))
            .Concat(before.Sockets.Except(after.Sockets)
                .Select(path => new PolicyDifference(DifferenceKind.Narrower, "sockets", path, null)));

    private static IEnumerable<PolicyDifference> AgentLosses(PolicyDocument before, PolicyDocument after)
    {
        if (before.OnAgentLoss != after.OnAgentLoss)
        {
            yield return after.OnAgentLoss == AgentLoss.Keep
                ? new PolicyDifference(DifferenceKind.Wider, "onAgentLoss", "deny → keep", null)
                : new PolicyDifference(DifferenceKind.Narrower, "onAgentLoss", "keep → deny", null);
        }
    }
}
