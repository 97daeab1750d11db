using Sallyport.Agent.Core.Dns;
using Sallyport.Agent.Kernel;
using Sallyport.Policy.Compiling;
using Sallyport.Wire;

namespace Sallyport.Agent.Enforcement.DnsOverTcp;

/// <summary>
/// judge_question of bpf/include/dns.h, decision by decision, on the same tables. A test puts random policies and names
/// to this and to the policy's own judge.
/// </summary>
internal sealed class QuestionJudge(IKernelTables tables)
{
    private const uint Audit = 0;
    private const uint Block = 1;
    private const uint Inherit = 2;
    private const byte NoPolicy = 0xff;
    private const int TypesPerWord = 64;

    internal QuestionVerdict Judge(DnsQuery query, in RedirectValue who)
    {
        if (!tables.TryGetSettings(out var settings) || !TryGetPolicies(who, out var allow, out var blocks))
        {
            return Against(true, KernelReason.TableFull);
        }

        switch (query.Defect)
        {
            case DnsQueryDefect.QuestionCount:
                return Against(blocks, KernelReason.QuestionCount, DnsReply.FormatError);
            case DnsQueryDefect.Malformed:
                return Against(blocks, KernelReason.DnsMalformed, DnsReply.FormatError);
        }

        var question = query.Question!;
        if (!QuestionNames.TryFind(tables, question, out var entry))
        {
            return Against(blocks, KernelReason.Name);
        }

        var rules = RuleSet.FromWords(entry.Rules);
        var denied = rules.And(RuleSet.FromWords(settings.DenyQuestion));
        if (!denied.IsEmpty)
        {
            return Against(true, KernelReason.Denied) with { Rule = (ushort)denied.LowestSet, Leases = rules };
        }

        var allowed = rules.And(allow);
        if (allowed.IsEmpty && entry.AskOnly == 0)
        {
            return Against(blocks, KernelReason.Name) with { Leases = rules };
        }

        var rule = allowed.IsEmpty ? WireLimits.NoRule : (ushort)allowed.LowestSet;
        return IsOpen(settings.QuestionTypes, question.Type)
            ? new QuestionVerdict(KernelVerdict.Allowed, KernelReason.Rule, rule, DnsReply.NoData, rules)
            : Against(blocks, KernelReason.QuestionType, DnsReply.NoData) with { Rule = rule, Leases = rules };
    }

    private static QuestionVerdict Against(bool blocks, KernelReason reason, int code = DnsReply.NoSuchName) =>
        new(blocks ? KernelVerdict.Refused : KernelVerdict.Observed, reason, WireLimits.NoRule, code, null);

    private static bool IsOpen(ReadOnlySpan<ulong> types, ushort type) =>
        type / TypesPerWord < types.Length && (types[type / TypesPerWord] & (1UL << (type % TypesPerWord))) != 0;

    /// <summary>
    /// policies_of and blocks of bpf/include/judge.h: a match replaces the top level, two matches intersect.
    /// </summary>
    private bool TryGetPolicies(in RedirectValue who, out RuleSet allow, out bool blocks)
    {
        var byExe = who.ExePolicy is not (0 or NoPolicy);
        var first = who.StepPolicy == 0 && byExe ? who.ExePolicy : who.StepPolicy;
        allow = RuleSet.None;
        blocks = true;
        if (!tables.TryGetPolicy(first, out var policy))
        {
            return false;
        }

        allow = RuleSet.FromWords(policy.Allow);
        var (one, other) = (policy.Mode, Inherit);
        if (who.StepPolicy != 0 && byExe)
        {
            if (!tables.TryGetPolicy(who.ExePolicy, out var second))
            {
                return false;
            }

            allow = allow.And(RuleSet.FromWords(second.Allow));
            other = second.Mode;
        }

        blocks = one == Block || other == Block
            || (one != Audit && other != Audit && (!tables.TryGetPolicy(0, out var top) || top.Mode != Audit));
        return true;
    }
}
