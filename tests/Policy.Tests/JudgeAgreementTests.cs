using Sallyport.Policy.Compiling;
using Sallyport.Policy.Judging;

namespace Sallyport.Policy.Tests;

public sealed class JudgeAgreementTests
{
    [Fact]
    public void The_document_and_the_tables_of_the_kernel_agree_on_random_policies()
    {
        int[] verdicts = new int[3];
        var reasons = new HashSet<JudgeReason>();
        for (int seed = 0; seed < 2_000; seed++)
        {
            var random = new RandomPolicies(seed);
            PolicyDocument document = random.Document();
            var judge = new PolicyJudge(document, new CompileContext { SearchDomains = ["corp.test", "test"] });
            for (int i = 0; i < 40; i++)
            {
                JudgeRequest request = random.Request();
                Judgement meant = judge.Judge(request);
                Judgement looked = judge.JudgeByTables(request);
                Assert.True(
                    (meant.Verdict, meant.Reason, meant.Rule) == (looked.Verdict, looked.Reason, looked.Rule),
                    $"seed {seed}, {request}: {string.Join(' ', meant.Explanation)} / {string.Join(' ', looked.Explanation)}");
                verdicts[(int)meant.Verdict]++;
                _ = reasons.Add(meant.Reason);
            }
        }

        // The generator reaches everything, or the agreement says little.
        Assert.All(verdicts, count => Assert.True(count > 1_000));
        Assert.Equal(Enum.GetValues<JudgeReason>().Length, reasons.Count);
    }

    [Fact]
    public void A_step_policy_is_never_wider_while_the_step_is_unknown()
    {
        for (int seed = 0; seed < 500; seed++)
        {
            CompiledPolicy policy = PolicyCompiler.Compile(new RandomPolicies(seed).Document(), new CompileContext());
            RuleSet unknown = policy.Policies[policy.UnknownStepIndex].Allow;
            foreach (PolicyEntry entry in policy.Policies.Where(entry => entry.Match is { Exe: null }))
            {
                Assert.True(unknown.Except(entry.Allow).IsEmpty);
            }
        }
    }
}
