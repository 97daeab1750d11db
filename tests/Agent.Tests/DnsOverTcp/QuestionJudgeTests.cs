using Sallyport.Agent.Core.Dns;
using Sallyport.Agent.Enforcement.DnsOverTcp;
using Sallyport.Agent.Kernel;
using Sallyport.Policy;
using Sallyport.Policy.Compiling;
using Sallyport.Policy.Judging;
using Sallyport.Wire;

namespace Sallyport.Agent.Tests.DnsOverTcp;

public sealed class QuestionJudgeTests
{
    private const string Block = """
        version: 1
        mode: block
        allow: [allowed.test, '*.allowed.test', other.test:443]
        deny: [bad.allowed.test]
        """;

    private static readonly string[] Endpoints =
    [
        "a.test", "*.a.test", "b.test", "x.a.test", "*.x.a.test", "test", "dns://c.test", "*.b.test", "198.51.100.0/24",
        "'*.test'",
    ];

    private static readonly string[] Asked =
    [
        "a.test", "b.test", "c.test", "x.a.test", "y.x.a.test", "evila.test", "test", "d.c.test", "q.b.test", "nowhere",
        "a.test.corp.test", "_http._tcp.a.test",
    ];

    [Theory]
    [InlineData("allowed.test", 1, KernelVerdict.Allowed, KernelReason.Rule, 0)]
    [InlineData("x.Allowed.TEST", 28, KernelVerdict.Allowed, KernelReason.Rule, 0)]
    [InlineData("secret.attacker.test", 1, KernelVerdict.Refused, KernelReason.Name, DnsReply.NoSuchName)]
    [InlineData("evilallowed.test", 1, KernelVerdict.Refused, KernelReason.Name, DnsReply.NoSuchName)]
    [InlineData("bad.allowed.test", 1, KernelVerdict.Refused, KernelReason.Denied, DnsReply.NoSuchName)]
    [InlineData("allowed.test", 16, KernelVerdict.Refused, KernelReason.QuestionType, DnsReply.NoData)]
    [InlineData("allowed.test", 252, KernelVerdict.Refused, KernelReason.QuestionType, DnsReply.NoData)]
    [InlineData("allowed.test", 65535, KernelVerdict.Refused, KernelReason.QuestionType, DnsReply.NoData)]
    [InlineData("_ldap._tcp.other.test", 33, KernelVerdict.Allowed, KernelReason.Rule, 0)]
    [InlineData("_ldap._tcp.other.test", 1, KernelVerdict.Refused, KernelReason.Name, DnsReply.NoSuchName)]
    [InlineData("_ldap.tcp.other.test", 33, KernelVerdict.Refused, KernelReason.Name, DnsReply.NoSuchName)]
    [InlineData("_http._tcp.other.test", 1, KernelVerdict.Allowed, KernelReason.Rule, 0)]
    public void A_question_is_judged_by_name_then_type(
        string name, int type, KernelVerdict verdict, KernelReason reason, int code)
    {
        var judged = Judge(Block, Messages.Query(name, (ushort)type));
        Assert.Equal((verdict, reason, code), (judged.Verdict, judged.Reason, judged.Code));
    }

    [Fact]
    public void A_service_prefix_of_more_than_41_bytes_is_no_prefix()
    {
        var longest = new string('a', 33); // _aaa…aaa._tcp. is 1 + 33 + 1 + 4 + 1 bytes, one less than the bound
        Assert.Equal(
            KernelVerdict.Allowed, Judge(Block, Messages.Query($"_{longest}a._tcp.other.test", 33)).Verdict);
        Assert.Equal(
            KernelVerdict.Refused, Judge(Block, Messages.Query($"_{longest}aa._tcp.other.test", 33)).Verdict);
    }

    [Fact]
    public void What_is_no_question_is_refused_with_a_format_error()
    {
        var query = Messages.Query("allowed.test");
        query[5] = 2;
        Assert.Equal((KernelReason.QuestionCount, DnsReply.FormatError), ReasonOf(Judge(Block, query)));
        Assert.Equal((KernelReason.DnsMalformed, DnsReply.FormatError), ReasonOf(Judge(Block, [1, 2, 3])));
    }

    [Fact]
    public void Audit_observes_what_block_refuses_but_for_deny()
    {
        var audit = Block.Replace("block", "audit", StringComparison.Ordinal);
        Assert.Equal(KernelVerdict.Observed, Judge(audit, Messages.Query("attacker.test")).Verdict);
        Assert.Equal(KernelVerdict.Observed, Judge(audit, Messages.Query("allowed.test", Messages.Text)).Verdict);
        Assert.Equal(KernelVerdict.Refused, Judge(audit, Messages.Query("bad.allowed.test")).Verdict);
    }

    [Fact]
    public void A_policy_that_is_not_there_refuses()
    {
        var tables = new MemoryTables(PolicyCompiler.Compile(Policies.Read(Block), new CompileContext()));
        var judged = new QuestionJudge(tables)
            .Judge(Read(Messages.Query("allowed.test")), new RedirectValue { StepPolicy = 99 });
        Assert.Equal((KernelVerdict.Refused, KernelReason.TableFull), (judged.Verdict, judged.Reason));
    }

    [Fact]
    public void Questions_of_all_allowed_types_agree_with_the_policys_own_judge_on_random_policies()
    {
        var dice = new Dice(5);
        var verdicts = new int[4];
        for (var round = 0; round < 400; round++)
        {
            var judge = new PolicyJudge(
                Policies.Read(RandomPolicy(dice)), new CompileContext { SearchDomains = ["corp.test"] });
            var tables = new MemoryTables(judge.Policy);
            var selector = new PolicySelector(judge.Policy);
            for (var i = 0; i < 30; i++)
            {
                var name = Asked[dice.Next(Asked.Length)];
                var step = dice.Next(2) == 0 ? null : new StepIdentity(dice.Next(2) == 0 ? "one" : "two", null, null);
                var exe = dice.Next(2) == 0 ? null : dice.Next(2) == 0 ? "/usr/bin/git" : "/usr/bin/curl";
                var meant = judge.JudgeByTables(
                    new JudgeRequest { IsQuestion = true, Name = name, Step = step, Exe = exe });
                var by = step is null ? null : selector.ForStep(step);
                var with = exe is null ? null : selector.ForExecutable(exe);
                Array.ForEach([.. new[] { by, with }.OfType<PolicyEntry>()], tables.Add);

                var judged = new QuestionJudge(tables).Judge(Read(Messages.Query(name)), new RedirectValue
                {
                    StepPolicy = (byte)(by?.Index ?? 0),
                    ExePolicy = (byte)(with?.Index ?? TaskTag.NoPolicy),
                });

                Assert.Equal(
                    (round, name, meant.Verdict.ToString(), meant.Rule?.Number ?? WireLimits.NoRule),
                    (round, name, judged.Verdict.ToString(), (int)judged.Rule));
                verdicts[(int)judged.Verdict]++;
            }
        }

        // The generator reaches everything, or the agreement says little.
        Assert.All(verdicts[1..], count => Assert.True(count > 300));
    }

    // A block that writes `audit` under a mode of `block` is left out: kernel and document differ there for a step that
    // inherits together with such an executable.
    private static string RandomPolicy(Dice dice) => $"""
        version: 1
        mode: {(dice.Next(2) == 0 ? "block" : "audit")}
        allow: {Some(dice)}
        deny: {Some(dice, 2)}
        steps:
          - match: {"{ id: one }"}
            allow: {Some(dice)}
            extend: {(dice.Next(2) == 0 ? "true" : "false")}
        {(dice.Next(2) == 0 ? "    mode: block" : "")}
        processes:
          - match: {"{ exe: /usr/bin/git }"}
            allow: {Some(dice)}
        {(dice.Next(2) == 0 ? "    mode: block" : "")}
          - match: {"{ exe: /usr/bin/** }"}
            allow: {Some(dice)}
        """;

    private static string Some(Dice dice, int most = 5)
    {
        var chosen = Enumerable.Range(0, dice.Next(most)).Select(_ => Quoted(Endpoints[dice.Next(Endpoints.Length)]));
        return $"[{string.Join(", ", chosen)}]";
    }

    private static string Quoted(string endpoint) => $"'{endpoint.Trim('\'')}'";

    private static (KernelReason Reason, int Code) ReasonOf(QuestionVerdict verdict) => (verdict.Reason, verdict.Code);

    private static DnsQuery Read(byte[] message) => DnsQuery.Read(message, WireLimits.DnsMessageBytes - 1);

    private static QuestionVerdict Judge(string policy, byte[] message) =>
        new QuestionJudge(new MemoryTables(PolicyCompiler.Compile(Policies.Read(policy), new CompileContext())))
            .Judge(Read(message), default);
}
