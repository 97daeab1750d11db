using System.Net;
using Sallyport.Policy.Compiling;
using Sallyport.Policy.Endpoints;

namespace Sallyport.Policy.Judging;

/// <summary>The order of the kernel's decisions, once, over whatever lookup.</summary>
internal static class VerdictLogic
{
    public static (JudgeVerdict Verdict, JudgeReason Reason, int Rule) Decide(
        CompiledPolicy policy, JudgeRequest request, RuleMatches matches)
    {
        RuleSet flow = matches.Target.And(matches.Ports);
        RuleSet denied = request.IsQuestion
            ? matches.Target.And(policy.DenyQuestion)
            : flow.And(policy.Deny).Or(matches.Target.And(policy.DenyAnyPort));
        if (!denied.IsEmpty)
        {
            return (JudgeVerdict.Refused, JudgeReason.Denied, denied.LowestSet);
        }

        // Loopback, but for port 53: names are judged there too.
        if (request is { IsQuestion: false, Address: { } address, Port: not 53 } && IPAddress.IsLoopback(address))
        {
            return (JudgeVerdict.Allowed, JudgeReason.Loopback, -1);
        }
        RuleSet allowed = (request.IsQuestion ? matches.Target : flow).And(matches.Policy);
        RuleSet nameless = allowed.Except(policy.RequiresName);
        if (!allowed.IsEmpty && (request.IsQuestion || request.NamesItself || !nameless.IsEmpty))
        {
            RuleSet deciding = request.IsQuestion || request.NamesItself ? allowed : nameless;
            return (JudgeVerdict.Allowed, JudgeReason.Rule, deciding.LowestSet);
        }
        if (request.IsQuestion && matches.AskOnly)
        {
            return (JudgeVerdict.Allowed, JudgeReason.AskOnly, -1);
        }
        JudgeVerdict verdict = matches.Mode == PolicyMode.Block ? JudgeVerdict.Refused : JudgeVerdict.Observed;
        JudgeReason reason = !allowed.IsEmpty ? JudgeReason.NoName
            : matches.Target.And(matches.Policy).IsEmpty ? JudgeReason.NoRule
            : request.Protocol is IpProtocols.Tcp or IpProtocols.Udp || request.IsQuestion ? JudgeReason.Port
            : JudgeReason.Protocol;
        return (verdict, reason, -1);
    }
}
