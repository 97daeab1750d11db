using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Sallyport.Agent.Control;
using Sallyport.Agent.Runner;
using Sallyport.Agent.Upload;
using Sallyport.Policy;
using Sallyport.Policy.Machine;
using Sallyport.Protocol.DenyLists;
using Sallyport.Protocol.ServerOverrides;
using Sallyport.Protocol.Signing;

namespace Sallyport.Agent.Tests.Upload;

/// <summary>What a job makes of the server's overrides: which count, when they begin, and when they end.</summary>
public sealed class OverrideTests
{
    private static readonly byte[] Private = [.. Enumerable.Range(0, 32).Select(value => (byte)value)];
    private static readonly byte[] Other = [.. Enumerable.Repeat((byte)9, 32)];
    private static readonly DateTimeOffset Now = new(2026, 11, 26, 12, 0, 0, TimeSpan.Zero);
    private static readonly OverrideSubject Job = new("Octo/demo", "4711", "builder-1");

    private readonly HandClock clock = new(Now);
    private readonly List<string> said = [];
    private readonly OverrideWatch watch;
    private ImmutableArray<SignedEnvelope>? answer = [];
    private bool isDeaf;

    public OverrideTests() => watch = new OverrideWatch(
        OwnerKey.PublicKeyOf(Private), clock, _ => answer,
        offered => Say($"begin {offered.Id}"), why => Say($"end: {why}"), why => said.Add($"refused: {why}"));

    private static ServerOverride Glass { get; } = new(
        "one", "octo", null, null, null, "moved", "mona", Now.ToUnixTimeSeconds(), Now.AddHours(1).ToUnixTimeSeconds());

    public static TheoryData<string, byte[]> Good => new()
    {
        { "all of the owner's", Signed(Glass) },
        { "another case", Signed(Glass with { Owner = "OCTO", Repository = "octo/DEMO" }) },
        { "this run on this runner", Signed(Glass with { Repository = "Octo/demo", Run = "4711", Runner = "builder-1" }) },
        { "a clock that is ahead", Signed(Glass with { From = Now.AddSeconds(59).ToUnixTimeSeconds() }) },
        { "the longest", Signed(Glass with { Until = Now.AddHours(24).ToUnixTimeSeconds() }) },
    };

    [Theory]
    [MemberData(nameof(Good))]
    public void One_that_the_key_has_signed_for_this_job_and_for_now_holds(string what, byte[] envelope)
    {
        answer = [Read(envelope)];
        _ = watch.Look(Job);
        _ = watch.Look(Job);
        Assert.True(said is ["begin one"], $"{what}: {string.Join(", ", said)}");
    }

    public static TheoryData<string, byte[]> Bad => new()
    {
        { "signature", Signed(Glass, Other) },
        { "signature", Altered(Glass with { Until = Glass.Until + 60 }) },
        { "type", DenyListSignature.Sign(new DenyList("octo", 7, 1, []), Private) },
        { "at most 24", OverrideSignature.Sign(Payload(Glass with { Until = Now.AddHours(25).ToUnixTimeSeconds() }), Private) },
        { "of acme", Signed(Glass with { Owner = "acme" }) },
        { "of oct", Signed(Glass with { Owner = "oct" }) },
        { "for octo/other", Signed(Glass with { Repository = "octo/other" }) },
        { "for acme/demo", Signed(Glass with { Repository = "acme/demo" }) },
        { "run 4712", Signed(Glass with { Run = "4712" }) },
        { "runner builder-2", Signed(Glass with { Runner = "builder-2" }) },
        { "begins", Signed(Glass with { From = Now.AddSeconds(61).ToUnixTimeSeconds() }) },
        { "has ended", Signed(Glass with { From = Now.AddHours(-1).ToUnixTimeSeconds(), Until = Now.ToUnixTimeSeconds() }) },
        { "has ended", Signed(Glass with { From = Now.AddDays(-9).ToUnixTimeSeconds(), Until = Now.AddDays(-8).ToUnixTimeSeconds() }) },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public void What_is_forged_too_long_for_somebody_else_or_not_for_now_is_refused_and_said_once(string why, byte[] envelope)
    {
        answer = [Read(envelope)];
        _ = watch.Look(Job);
        _ = watch.Look(Job);
        Assert.Contains(why, Assert.Single(said), StringComparison.Ordinal);
        Assert.StartsWith("refused: ", said[0], StringComparison.Ordinal);

        // A good one beside it counts all the same.
        answer = [Read(envelope), Read(Signed(Glass))];
        _ = watch.Look(Job);
        Assert.Equal("begin one", said[^1]);
    }

    [Fact]
    public void Until_it_is_known_which_job_it_is_and_while_the_server_is_away_nothing_begins()
    {
        answer = Offered(Glass);
        Assert.Equal(OverrideWatch.Every, watch.Look(null));
        answer = null;
        Assert.Equal(OverrideWatch.Every, watch.Look(Job));
        Assert.Empty(said);
    }

    [Fact]
    public void It_ends_at_its_time_while_the_server_is_away_and_does_not_come_back_when_the_clock_is_set_back()
    {
        answer = Offered(Glass with { Until = Now.AddSeconds(23).ToUnixTimeSeconds() });
        Assert.Equal(OverrideWatch.Every, watch.Look(Job));
        answer = null;
        clock.Pass(TimeSpan.FromSeconds(20));
        Assert.Equal(TimeSpan.FromSeconds(3), watch.Look(Job));

        // By a clock that root in the job can set it is not over yet.
        clock.Set(Now);
        clock.Pass(TimeSpan.FromSeconds(3));
        _ = watch.Look(Job);
        Assert.Equal(["begin one", "end: its time is over"], said);
        answer = Offered(Glass with { Until = Now.AddSeconds(23).ToUnixTimeSeconds() });
        clock.Set(Now);
        _ = watch.Look(Job);
        Assert.Equal(3, said.Count);
        Assert.Contains("does not come back", said[2], StringComparison.Ordinal);
    }

    [Fact]
    public void It_ends_when_the_server_no_longer_has_it_and_is_not_taken_again()
    {
        answer = Offered(Glass);
        _ = watch.Look(Job);
        answer = [];
        _ = watch.Look(Job);
        Assert.Equal(["begin one", "end: the server has revoked it"], said);
        answer = Offered(Glass, Glass with { Id = "two" });
        _ = watch.Look(Job);
        Assert.Equal("begin two", said[^1]);
    }

    [Fact]
    public void Of_several_the_one_that_ends_last_holds()
    {
        answer = Offered(Glass);
        _ = watch.Look(Job);
        answer = Offered(Glass, Glass with { Id = "longer", Until = Glass.Until + 60 });
        _ = watch.Look(Job);
        answer = Offered(Glass);
        _ = watch.Look(Job);
        Assert.Equal(["begin one", "begin longer", "begin one"], said);
    }

    [Fact]
    public void What_could_not_begin_or_end_is_tried_again()
    {
        isDeaf = true;
        answer = Offered(Glass);
        _ = watch.Look(Job);
        isDeaf = false;
        _ = watch.Look(Job);
        isDeaf = true;
        clock.Pass(TimeSpan.FromHours(1));
        Assert.Equal(OverrideWatch.Every, watch.Look(Job));
        isDeaf = false;
        _ = watch.Look(Job);
        Assert.Equal(["begin one", "begin one", "end: its time is over", "end: its time is over"], said.Where(text => !text.StartsWith("refused", StringComparison.Ordinal)));
    }

    [Fact]
    public void Who_takes_over_ends_it_at_the_same_time()
    {
        watch.TakeOver(new JobOverride("moved", "block") { Id = "one", By = "mona", Until = Now.AddSeconds(3) });
        answer = null;
        Assert.Equal(TimeSpan.FromSeconds(3), watch.Look(null));
        clock.Pass(TimeSpan.FromSeconds(3));
        _ = watch.Look(null);
        Assert.Equal(["end: its time is over"], said);
    }

    [Fact]
    public void The_server_is_asked_for_the_job_and_no_answer_is_told_apart_from_none()
    {
        HttpExchange? asked = null;
        ImmutableArray<SignedEnvelope>? Ask(int status, string body) => OverrideClient.Ask(
            exchange =>
            {
                asked = exchange;
                return new HttpAnswer(status, Encoding.UTF8.GetBytes(body), null);
            },
            new UploadTarget(new Uri("https://sallyport.example.com/x/"), "spk_test"), new OverrideSubject("octo/demo", "4711", "a b"));
        Assert.Empty(Ask(200, """{"overrides":[]}""")!.Value);
        Assert.Equal("https://sallyport.example.com/x/api/v1/overrides?repository=octo%2Fdemo&run=4711&runner=a%20b", asked!.Address);
        foreach (var (status, body) in new[] { (0, ""), (503, "{}"), (404, "{}"), (200, "<html>"), (200, "{}"), (200, """{"overrides":null}""") })
        {
            Assert.Null(Ask(status, body));
        }

        var envelope = Encoding.UTF8.GetString(OverrideSignature.Sign(Glass, Private));
        Assert.Single(Ask(200, $$"""{"overrides":[{{envelope}},null]}""")!.Value);
        Assert.Equal(OverrideLimits.Together, Ask(200, $$"""{"overrides":[{{string.Join(',', Enumerable.Repeat(envelope, 99))}}]}""")!.Value.Length);
    }

    [Fact]
    public void What_is_shown_says_by_whom_why_and_until_when()
    {
        var policy = RunnerPolicy.OfMachine(MachineSettings.Default)
            .Overridden(new JobOverride("moved", "block") { Id = "one", By = "mona", Until = Now });
        Assert.Equal("audit: overridden by mona until 2026-11-26 12:00:00Z: moved", policy.Shown.Reason);
        Assert.Equal(PolicyMode.Audit, policy.Document.EffectiveMode);
    }

    private static byte[] Signed(ServerOverride glass, byte[]? key = null) => OverrideSignature.Sign(glass, key ?? Private);

    private static byte[] Payload(ServerOverride glass) => JsonSerializer.SerializeToUtf8Bytes(glass, OverrideJson.Default.ServerOverride);

    /// <summary>Signed, and then another put in its place.</summary>
    private static byte[] Altered(ServerOverride glass) =>
        JsonSerializer.SerializeToUtf8Bytes(Read(Signed(Glass)) with { Payload = Payload(glass) }, OverrideJson.Default.SignedEnvelope);

    private static ImmutableArray<SignedEnvelope> Offered(params ServerOverride[] all) => [.. all.Select(glass => Read(Signed(glass)))];

    private static SignedEnvelope Read(byte[] bytes) => OverrideSignature.TryRead(bytes, out var envelope, out var why) ? envelope : throw new ArgumentException(why);

    private bool Say(string text)
    {
        said.Add(text);
        return !isDeaf;
    }
}
