using Sallyport.Policy.Compiling;

namespace Sallyport.Policy.Judging;

/// <summary>
/// The kernel's verdict without a kernel, twice: by the meaning of the document, and by the tables that the kernel gets.
/// Both always agree; a test puts thousands of random policies to both.
/// </summary>
public sealed class PolicyJudge
{
    private readonly PolicyDocument document;
    private readonly CompileContext context;
    private readonly PolicySelector selector;

    /// <summary>Prepares a judge.</summary>
    /// <param name="document">Without mistakes.</param>
    /// <param name="context">What the machine adds.</param>
    public PolicyJudge(PolicyDocument document, CompileContext context)
    {
        this.document = document;
        this.context = context;
        Policy = PolicyCompiler.Compile(document, context);
        selector = new PolicySelector(Policy);
    }

    /// <summary>The tables.</summary>
    public CompiledPolicy Policy { get; }

    /// <summary>The verdict by the document, with an explanation.</summary>
    /// <param name="request">What is asked.</param>
    public Judgement Judge(JudgeRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return Decide(request, DocumentLookup.Find(document, Policy, context, request));
    }

    /// <summary>The verdict by the tables alone.</summary>
    /// <param name="request">What is asked.</param>
    public Judgement JudgeByTables(JudgeRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return Decide(request, TableLookup.Find(Policy, selector, request));
    }

    private Judgement Decide(JudgeRequest request, RuleMatches matches)
    {
        (JudgeVerdict verdict, JudgeReason reason, int number) = VerdictLogic.Decide(Policy, request, matches);
        CompiledRule? rule = number < 0 ? null : Policy.Rules[number];
        return new Judgement(
            verdict, reason, rule, Explanation.Of(document, Policy, request, matches, verdict, reason, rule));
    }
}
