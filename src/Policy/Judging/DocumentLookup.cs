using Sallyport.Policy.Compiling;
using Sallyport.Policy.Endpoints;

namespace Sallyport.Policy.Judging;

/// <summary>
/// Finds rules by asking each endpoint, and policies from the document itself: the meaning of a policy, against which
/// the tables are tested.
/// </summary>
internal static class DocumentLookup
{
    public static RuleMatches Find(
        PolicyDocument document, CompiledPolicy policy, CompileContext context, JudgeRequest request)
    {
        IpPrefix? address = request.Address is null ? null : IpPrefix.Of(request.Address);
        RuleSet target = Where(policy, rule =>
            request.Name is { } name && rule.Endpoint.MatchesName(name)
            || !request.IsQuestion && address is { } known && rule.Endpoint.MatchesAddress(known));
        RuleSet ports = Where(policy, rule => rule.Endpoint.MatchesPort(request.Protocol, request.Port));
        PolicyBlock[] steps = request.Step is { } step ? [.. document.Steps.Where(block => block.Match.Matches(step))] : [];
        PolicyBlock[] processes = request.Exe is { } exe
            ? [.. document.Processes.Where(block => block.Match.MatchesExe(exe))]
            : [];
        PolicyBlock[] blocks = [.. steps, .. processes];
        RuleSet allow = Where(policy, rule => rule.Use == EndpointUse.Allow
            && (blocks.Length == 0
                ? Holds(document.Allow, rule)
                : blocks.All(block => Allows(document, block, rule))));
        return new RuleMatches(target, ports, allow, IsAskOnly(policy, context, request.Name), ModeOf(document, steps, processes));
    }

    private static bool Allows(PolicyDocument document, PolicyBlock block, CompiledRule rule) =>
        (block.Allow is { } own && Holds(own, rule))
        || ((block.Allow is null || block.Extend) && Holds(document.Allow, rule));

    private static bool Holds(IEnumerable<PolicyRule> rules, CompiledRule rule) =>
        rules.Any(candidate => candidate.Endpoint == rule.Endpoint);

    // A mode that was written stands against the top level's; where step and executable both wrote one, block wins.
    private static PolicyMode ModeOf(PolicyDocument document, PolicyBlock[] steps, PolicyBlock[] processes)
    {
        PolicyMode[] written = [.. steps.Concat(processes).Select(block => block.Mode).OfType<PolicyMode>()];
        return written.Length == 0 ? document.EffectiveMode : written.Max();
    }

    private static bool IsAskOnly(CompiledPolicy policy, CompileContext context, string? name)
    {
        if (name is null)
        {
            return false;
        }
        var suffixes = SearchSuffixes.Of(context);
        return policy.Rules.Any(rule => rule.Use == EndpointUse.Allow && rule.Endpoint.Name is not null
            && (suffixes.Suffixes.Any(suffix => name.EndsWith($".{suffix}", StringComparison.Ordinal)
                    && rule.Endpoint.MatchesName(name[..^(suffix.Length + 1)]))
                || !rule.Endpoint.Wildcard && suffixes.Prefixes.Any(prefix => name == $"{prefix}.{rule.Endpoint.Name}")));
    }

    private static RuleSet Where(CompiledPolicy policy, Func<CompiledRule, bool> predicate) =>
        RuleSet.Of([.. policy.Rules.Where(predicate).Select(rule => rule.Number)]);
}
