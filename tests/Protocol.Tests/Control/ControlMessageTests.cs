using System.Collections.Immutable;
using System.Text;
using Sallyport.Protocol.Control;
using Xunit;

namespace Sallyport.Protocol.Tests.Control;

public sealed class ControlMessageTests
{
    private static readonly JobStartedReply Started = new(
        "j1", "block", "enforcing", [],
        new StartedPolicy("allowed-endpoints", "block: allowed-endpoints is given", ["github.com:443"], 12),
        new StartedAgent("0.1.0", "action"), new StartedCoverage(true, 0, []), []);

    private static readonly JobReportReply Report = new(
        "j1", "block", "enforcing", true, 2, 0, "/r/report.json", "/r/recording.ndjson.zst", "/r/report.html", "ab12", "/r/summary.md",
        [new ControlNotice("error", "Refused", "evil.example:443")], true, ["refused"]);

    private static readonly JobStatusReply Status = new(
        [new RunningJob("j1", "audit", "observing", null, 4711, "owner/name", "99", DateTimeOffset.UnixEpoch)], "j1", 0);

    private static readonly ControlErrorReply Error = new(
        ControlErrorCode.PolicyInvalid, "One mistake.", [new InputMistake("allowed-endpoints", 2, 1, "x:0", "host:port", "no port")]);

    public static TheoryData<string, string> Requests => new()
    {
        { """{"v":1,"type":"job.start","inputs":{"egress-policy":"block"},"policy":null}""", nameof(JobStartRequest) },
        { """{"v":1,"type":"job.start","inputs":{},"policy":"version: 1"}""", nameof(JobStartRequest) },
        { """{"v":1,"type":"job.status"}""", nameof(JobStatusRequest) },
        { """{"v":1,"type":"job.report"}""", nameof(JobReportRequest) },
        { """{"v":1,"type":"job.override","reason":"the registry has moved"}""", nameof(JobOverrideRequest) },
        { """{"type":"job.report","new":{"a":[1,{}]},"v":1}""", nameof(JobReportRequest) },
    };

    public static TheoryData<string> NoRequests =>
    [
        "", " ", "null", "1", "[]", "{}", "{", "{\"v\":1", "\"job.status\"", """{"v":1}""", """{"type":"job.status"}""",
        """{"v":2,"type":"job.status"}""", """{"v":"1","type":"job.status"}""", """{"v":1.5,"type":"job.status"}""",
        """{"v":99999999999,"type":"job.status"}""", """{"v":1,"type":"job.stop"}""", """{"v":1,"type":["job.status"]}""",
        """{"v":1,"type":"started"}""", """{"v":1,"type":"job.override"}""", """{"v":1,"type":"job.status"} {}""", """{"v":1,"type":"job.start"}""",
        """{"v":1,"type":"job.start","inputs":{}}""", """{"v":1,"type":"job.start","inputs":null,"policy":null}""",
        """{"v":1,"type":"job.start","inputs":[],"policy":null}""", """{"v":1,"type":"job.start","inputs":{"a":null},"policy":null}""",
        """{"v":1,"type":"job.start","inputs":{"a":true},"policy":null}""",
        """{"v":1,"type":"job.start","inputs":{"a":"1","a":"2"},"policy":null}""",
        """{"v":1,"type":"job.start","inputs":{},"inputs":{"a":"1"},"policy":null}""",
        """{"v":1,"type":"job.start","inputs":{"a":"\ud800"},"policy":null}""",
        """{"v":1,"type":"job.start","inputs":{},"policy":{}}""",
        """{"v":1,"type":"job.status","x":[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]}""",
    ];

    [Theory]
    [MemberData(nameof(Requests))]
    public void A_request_is_read(string text, string type)
    {
        Assert.True(ControlRequest.TryRead(Encoding.UTF8.GetBytes(text), out var request, out _));
        Assert.Equal(type, request.GetType().Name);
    }

    [Theory]
    [MemberData(nameof(NoRequests))]
    public void What_is_no_request_is_refused_with_a_reason(string text)
    {
        Assert.False(ControlRequest.TryRead(Encoding.UTF8.GetBytes(text), out var request, out var mistake));
        Assert.Null(request);
        Assert.NotEmpty(mistake);
    }

    [Fact]
    public void Bytes_that_are_no_text_are_refused()
    {
        byte[] bytes = [.. """{"v":1,"type":"job.start","inputs":{"a":" """u8, 0xFF, 0xFE, .. """ "},"policy":null}"""u8];
        Assert.False(ControlRequest.TryRead(bytes, out _, out _));
    }

    [Fact]
    public void A_message_longer_than_the_bound_is_refused_unread()
    {
        var bytes = Encoding.UTF8.GetBytes($$"""{"v":1,"type":"job.status","x":"{{new string('x', ControlLimits.MaxMessageBytes)}}"}""");
        Assert.False(ControlRequest.TryRead(bytes, out _, out var mistake));
        Assert.Contains("65536", mistake, StringComparison.Ordinal);
    }

    [Fact]
    public void More_inputs_than_the_bound_are_refused()
    {
        var inputs = string.Join(',', Enumerable.Range(0, ControlLimits.MaxInputs + 1).Select(i => $"\"a{i}\":\"\""));
        Assert.False(ControlRequest.TryRead(
            Encoding.UTF8.GetBytes($$"""{"v":1,"type":"job.start","inputs":{{{inputs}}},"policy":null}"""), out _, out _));
    }

    [Fact]
    public void Inputs_come_through_as_they_were_written()
    {
        const string Hostile = "$(id)\n\"quotes\" \u202e\ud83d\ude00 ##[error] %0A";
        var request = new JobStartRequest(
            ImmutableSortedDictionary<string, string>.Empty.WithComparers(StringComparer.Ordinal).Add("allowed-endpoints", Hostile), "version: 1\n");
        Assert.True(request.TryWrite(out var bytes));
        Assert.StartsWith("""{"v":1,"type":"job.start","inputs":{"allowed-endpoints":""", Encoding.UTF8.GetString(bytes), StringComparison.Ordinal);
        Assert.True(ControlRequest.TryRead(bytes, out var read, out _));
        var start = Assert.IsType<JobStartRequest>(read);
        Assert.Equal(Hostile, start.Inputs["allowed-endpoints"]);
        Assert.Equal("version: 1\n", start.Policy);
    }

    [Fact]
    public void A_request_that_is_too_long_is_not_written() => Assert.False(
        new JobStartRequest(ImmutableSortedDictionary<string, string>.Empty, new string('x', ControlLimits.MaxMessageBytes)).TryWrite(out _));

    public static TheoryData<string> Replies => ["started", "report", "status", "error"];

    [Theory]
    [MemberData(nameof(Replies))]
    public void A_reply_comes_through_and_is_one_line_of_printable_ASCII(string type)
    {
        ControlReply[] all = [Started, Report, Status, Error];
        var bytes = all.Single(reply => reply.Type == type).Write();
        Assert.All(bytes, value => Assert.InRange(value, (byte)' ', (byte)'~'));
        Assert.StartsWith($$"""{"v":1,"type":"{{type}}",""", Encoding.UTF8.GetString(bytes), StringComparison.Ordinal);
        Assert.True(ControlReply.TryRead(bytes, out var read, out _));
        Assert.Equal(bytes, read.Write());
    }

    [Fact]
    public void The_forms_that_the_action_reads_stay_as_they_are()
    {
        Assert.Equal(
            """{"v":1,"type":"started","job":"j1","mode":"block","inForce":"enforcing","degraded":[],"policy":{"from":"allowed-endpoints","reason":"block: allowed-endpoints is given","implicit":["github.com:443"],"rules":12},"agent":{"version":"0.1.0","origin":"action"},"coverage":{"fromStart":true,"uncoveredSeconds":0,"stepsBefore":[]},"notices":[]}""",
            Encoding.UTF8.GetString(Started.Write()));
        Assert.Equal(
            """{"v":1,"type":"report","job":"j1","mode":"block","inForce":"enforcing","complete":true,"refused":2,"findings":0,"report":"/r/report.json","recording":"/r/recording.ndjson.zst","html":"/r/report.html","seal":"ab12","summaryPath":"/r/summary.md","annotations":[{"level":"error","title":"Refused","message":"evil.example:443"}],"failed":true,"failures":["refused"]}""",
            Encoding.UTF8.GetString(Report.Write()));
        Assert.Equal(
            """{"v":1,"type":"status","jobs":[{"job":"j1","mode":"audit","inForce":"observing","degraded":null,"worker":4711,"repository":"owner/name","runId":"99","started":"1970-01-01T00:00:00.0000000Z","scope":null,"denyList":null}],"yours":"j1","omitted":0,"taken":false}""",
            Encoding.UTF8.GetString(Status.Write()));
        Assert.Equal(
            """{"v":1,"type":"error","code":"policy-invalid","message":"One mistake.","mistakes":[{"input":"allowed-endpoints","line":2,"column":1,"value":"x:0","accepted":"host:port","message":"no port"}]}""",
            Encoding.UTF8.GetString(Error.Write()));
    }

    [Fact]
    public void Lists_are_cut_for_a_message_to_fit_and_the_rest_is_counted()
    {
        var notices = Enumerable.Range(0, 5000).Select(i => new ControlNotice("error", $"{i}", new string('\u202e', 100)));
        var bytes = (Report with { Annotations = [.. notices] }).Write();
        Assert.InRange(bytes.Length, 1, ControlLimits.MaxMessageBytes);
        Assert.True(ControlReply.TryRead(bytes, out var read, out _));
        var kept = Assert.IsType<JobReportReply>(read).Annotations;
        Assert.Equal("0", kept[0].Title);
        Assert.StartsWith($"{5000 - (kept.Length - 1)} more", kept[^1].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Jobs_that_do_not_fit_are_counted()
    {
        var jobs = Enumerable.Range(0, 3000).Select(i => Status.Jobs[0] with { Worker = i });
        Assert.True(ControlReply.TryRead((Status with { Jobs = [.. jobs] }).Write(), out var read, out _));
        var status = Assert.IsType<JobStatusReply>(read);
        Assert.Equal(3000, status.Jobs.Length + status.Omitted);
    }

    [Fact]
    public void A_reply_that_cannot_be_cut_to_fit_becomes_an_error()
    {
        var bytes = (Report with { Report = new string('x', ControlLimits.MaxMessageBytes) }).Write();
        Assert.True(ControlReply.TryRead(bytes, out var read, out _));
        Assert.Equal(ControlErrorCode.Failed, Assert.IsType<ControlErrorReply>(read).Code);
    }

    /// <summary>Found by fuzzing: what is no number for JSON could be read, and not be written again.</summary>
    [Theory]
    [InlineData("1e9990")]
    [InlineData("-1e9990")]
    public void A_number_that_is_infinite_makes_no_message(string seconds)
    {
        var text = $$"""
            {"v":1,"type":"started","job":"1","mode":"block","inForce":"enforcing","degraded":[],"policy":{"from":"none","reason":"r",
            "implicit":[],"rules":1},"agent":{"version":"1","origin":"image"},"coverage":{"fromStart":true,"uncoveredSeconds":{{seconds}},
            "stepsBefore":[]},"notices":[]}
            """;
        Assert.False(ControlReply.TryRead(Encoding.UTF8.GetBytes(text), out _, out var mistake));
        Assert.Equal("the message has a number that is too large", mistake);
        Assert.True(ControlReply.TryRead(Encoding.UTF8.GetBytes(text.Replace(seconds, "1.5", StringComparison.Ordinal)), out _, out _));
    }
}
