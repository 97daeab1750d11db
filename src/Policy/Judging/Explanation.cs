using System.Collections.Immutable;
using Sallyport.Policy.Compiling;
using Sallyport.Policy.Endpoints;

namespace Sallyport.Policy.Judging;

/// <summary>Sentences that say which line decided and why, and what would change it.</summary>
internal static class Explanation
{
    private const int MaxNearRules = 5;

    public static ImmutableArray<string> Of(
        PolicyDocument document,
        CompiledPolicy policy,
        JudgeRequest request,
        RuleMatches matches,
        JudgeVerdict verdict,
        JudgeReason reason,
        CompiledRule? rule)
    {
        var sentences = new List<string> { $"{Subject(request)} is {Word(verdict)}." };
        sentences.AddRange(Blocks(document, request));
        sentences.AddRange(Reasons(policy, request, matches, reason, rule));
        if (verdict == JudgeVerdict.Observed)
        {
            sentences.Add("The mode here is audit: block mode would refuse it.");
        }
        return [.. sentences];
    }

    private static string Subject(JudgeRequest request)
    {
        string target = Escape.Text(request.Name ?? request.Address?.ToString() ?? "?");
        return request.IsQuestion ? $"The question for {target}"
            : request.Port == 0 ? $"{IpProtocols.NameOf(request.Protocol)} to {target}"
            : request.Name is null && target.Contains(':')
                ? $"{IpProtocols.NameOf(request.Protocol)} to [{target}]:{request.Port}"
                : $"{IpProtocols.NameOf(request.Protocol)} to {target}:{request.Port}";
    }

    private static string Word(JudgeVerdict verdict) => verdict switch
    {
        JudgeVerdict.Allowed => "allowed",
        JudgeVerdict.Refused => "refused",
        _ => "observed",
    };

    private static IEnumerable<string> Blocks(PolicyDocument document, JudgeRequest request)
    {
        IEnumerable<PolicyBlock> matching =
        [
            .. document.Steps.Where(block => request.Step is { } step && block.Match.Matches(step)),
            .. document.Processes.Where(block => request.Exe is { } exe && block.Match.MatchesExe(exe)),
        ];
        return matching.Select(block =>
        {
            string effect = block.Allow is null ? "keeps" : block.Extend ? "adds to" : "replaces";
            return $"The entry for {block.Match} ({block.Origin}) {effect} the top-level list.";
        });
    }

    private static IEnumerable<string> Reasons(
        CompiledPolicy policy, JudgeRequest request, RuleMatches matches, JudgeReason reason, CompiledRule? rule)
    {
        switch (reason)
        {
            case JudgeReason.Rule:
                yield return $"Rule {rule!.Number}, {rule.Text} ({rule.Origin}), allows it.";
                if (!request.IsQuestion && policy.RequiresName.Contains(rule.Number))
                {
                    yield return "The flow has to say that name (TLS SNI or HTTP Host).";
                }
                break;
            case JudgeReason.AskOnly:
                yield return "It is an allowed name with a search suffix or a service prefix: it may be asked, not connected to.";
                break;
            case JudgeReason.Loopback:
                yield return "Loopback is not egress.";
                break;
            case JudgeReason.Denied:
                yield return $"Rule {rule!.Number}, deny {rule.Text} ({rule.Origin}), refuses it in every mode.";
                break;
            case JudgeReason.NoName:
                yield return "The rules that name it ask the flow to say its name (TLS SNI or HTTP Host), and this one does not; "
                    + "tcp:// or ssh:// before the host lets it pass.";
                break;
            case JudgeReason.NoRule:
                yield return matches.Target.Except(policy.Deny).IsEmpty
                    ? "No rule names it."
                    : "Rules name it, but not for this step or executable.";
                break;
            case JudgeReason.Port:
            case JudgeReason.Protocol:
                yield return "Rules name it, but not with this protocol and port.";
                break;
        }
        if (rule is null && reason is not (JudgeReason.AskOnly or JudgeReason.Loopback))
        {
            foreach (CompiledRule near in policy.Rules.Where(near => matches.Target.Contains(near.Number)).Take(MaxNearRules))
            {
                yield return $"Near: rule {near.Number}, {near.Text} ({near.Origin}).";
            }
        }
    }
}
