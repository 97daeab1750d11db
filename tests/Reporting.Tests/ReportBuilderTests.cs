using System.Globalization;
using Sallyport.Protocol.Recording;
using Sallyport.Protocol.Report;
using Sallyport.Reporting;
using Xunit;

namespace Sallyport.Reporting.Tests;

public sealed class ReportBuilderTests
{
    [Fact]
    public void Repeats_are_one_row_with_count_bytes_first_and_last()
    {
        var job = new ScriptedJob();
        job.Begin("block", ["x"], ("a.test:443", "f:1"));
        var p = job.Run(null, "/bin/x", "x");
        for (var i = 0; i < 3; i++)
        {
            job.Close(job.Connect(p, "a.test", "198.51.100.1", 443, RecordedVerdict.Allowed, 0), 10, 20);
        }

        var row = Assert.Single(Build(job).Connections);
        Assert.Equal((3, 30, 60), (row.Count, row.BytesOut, row.BytesIn));
        Assert.True(row.First < row.Last);
        Assert.Equal(("a.test:443", "f:1", false), (row.Rule, row.RuleOrigin, row.WouldRefuse));
    }

    [Fact]
    public void A_flow_allowed_by_address_and_refused_by_name_is_one_refusal()
    {
        var job = Incidents.NameMismatch();
        var rows = Build(job).Connections.Where(row => row.Address == "198.51.100.40").ToList();
        Assert.Equal(2, rows.Count);
        var refused = Assert.Single(rows, row => row.Verdict == RecordedVerdict.Refused);
        Assert.Equal(("collect.evil.example", "cdn.example.com", 1L), (refused.Sni, refused.LeasedName, refused.Count));
        Assert.Equal(1, rows.Single(row => row != refused).Count);
    }

    [Theory]
    [InlineData("2001:db8::67")]
    [InlineData("198.51.100.8")]
    [InlineData("\\091nonsense")]
    public void Another_address_that_a_flow_said_is_not_where_it_went(string said)
    {
        var job = new ScriptedJob();
        job.Begin("block", ["x"], ("a.test:443", "f:1"));
        var p = job.Run(null, "/bin/x", "x");
        var flow = job.Connect(p, null, "198.51.100.1", 443, RecordedVerdict.Allowed, 0);
        job.Say(p, flow, said, null, "198.51.100.1", RecordedVerdict.Allowed, 0);

        Assert.Equal("198.51.100.1", Assert.Single(Build(job).Connections).Destination);
    }

    [Theory]
    [InlineData(true, 0, new string[0], "in force before every step")]
    [InlineData(true, 2.4, new string[0], "in force before every step, 2.4 s after the job's worker started")]
    [InlineData(false, 23, new[] { "Check out", "Build" }, "2 steps ran before protection began (23.0 s): Check out, Build")]
    [InlineData(false, 23, new string[0], "the job had begun 23.0 s before protection; which steps ran then is not known")]
    public void Since_when_a_job_is_protected_is_said_and_a_late_one_is_not_complete(
        bool fromStart, double seconds, string[] before, string said)
    {
        var job = new ScriptedJob();
        job.Begin("block", ["Runner.Worker"]);
        job.Add(new ProtectionBegan(fromStart, seconds, [.. before]));
        job.End(0);
        var report = Build(job);
        Assert.Equal((fromStart, seconds), (report.Protection!.FromStart, report.Protection.UncoveredSeconds));
        Assert.Equal(before, report.Protection.StepsBefore);
        Assert.Equal(fromStart, report.Complete);
        Assert.Equal(fromStart, report.Coverage.Connections == Coverage.Observed);
        var text = string.Join(' ', TextRenderer.Render(report).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains(said, text, StringComparison.Ordinal);
        Assert.Equal(fromStart, text.Contains("· complete", StringComparison.Ordinal));
        Assert.Contains("0 events lost", text, StringComparison.Ordinal);
        Assert.Contains(said, System.Net.WebUtility.HtmlDecode(MarkdownRenderer.Render(report)), StringComparison.Ordinal);
    }

    [Fact]
    public void What_block_mode_would_refuse_is_marked_in_audit() =>
        Assert.All(
            Build(Incidents.AuditMany()).Connections.Where(row => row.Reason == "no-rule"), row => Assert.True(row.WouldRefuse));

    [Fact]
    public void A_full_table_counts_what_it_leaves_out_and_keeps_room_for_refusals()
    {
        var builder = new ReportBuilder(new ReportLimits(Connections: 100, Names: 100));
        var job = new ScriptedJob();
        job.Begin("block", ["x"]);
        for (var i = 0; i < 300; i++)
        {
            job.Connect("p1", null, string.Create(CultureInfo.InvariantCulture, $"198.51.100.{i % 250}"), 1000 + i, RecordedVerdict.Allowed);
        }

        job.Connect("p1", null, "198.51.100.66", 443, RecordedVerdict.Refused);
        job.End(0);
        foreach (var recorded in job.Events)
        {
            builder.Accept(recorded);
        }

        var report = builder.Build();
        Assert.False(report.Complete);
        Assert.Equal(210, report.Losses["report-connections"]);
        Assert.Single(report.Connections, row => row.Verdict == RecordedVerdict.Refused);
    }

    [Fact]
    public void A_flood_of_processes_hides_neither_the_one_that_was_refused_nor_its_parents()
    {
        var builder = new ReportBuilder(new ReportLimits(Processes: 100));
        var job = new ScriptedJob();
        job.Begin("block", ["x"]);
        var parent = job.Run(null, "/bin/parent", "parent");
        var evil = job.Run(parent, "/bin/evil", "evil");
        job.Connect(evil, null, "198.51.100.66", 443, RecordedVerdict.Refused);
        job.Exit(evil);
        for (var i = 0; i < 5_000; i++)
        {
            job.Exit(job.Run(parent, "/bin/true", "true"));
        }

        job.End(0);
        foreach (var recorded in job.Events)
        {
            builder.Accept(recorded);
        }

        var report = builder.Build();
        Assert.Contains(report.Processes, p => p.Id == evil && p.Parent == parent);
        Assert.Contains(report.Processes, p => p.Id == parent);
        Assert.InRange(report.Processes.Length, 1, 100);
        Assert.Equal(5_002, report.Processes.Length + report.Losses["report-processes"]);
    }

    [Fact]
    public void A_report_without_the_end_of_its_recording_is_incomplete()
    {
        var builder = new ReportBuilder();
        foreach (var recorded in Incidents.RefusedCanary().Events.SkipLast(1))
        {
            builder.Accept(recorded);
        }

        var report = builder.Build();
        Assert.False(report.Complete);
        Assert.Equal(1, report.Losses["recording-truncated"]);
        Assert.Null(report.Ended);
    }

    [Fact]
    public void Absurd_times_and_counts_stay_within_the_calendar_and_the_numbers()
    {
        var builder = new ReportBuilder();
        builder.Accept(new RecordingStarted(
            "1", DateTimeOffset.MaxValue, "", "", "audit", "observing", [], [], "", "", [], null) { BootTimeNs = long.MinValue });
        for (var i = 0; i < 2; i++)
        {
            builder.Accept(new ConnectionJudged(
                "c0", "tcp", "a", -1, null, RecordedVerdict.Observed, 5, "", "", "p", null, null, long.MaxValue) { BootTimeNs = long.MaxValue });
        }

        builder.Accept(new EventsLost("x", long.MaxValue));
        builder.Accept(new EventsLost("x", long.MaxValue));
        builder.Accept(new EventsLost("y", long.MinValue));
        var report = builder.Build();
        Assert.Equal(long.MaxValue, report.Connections[0].Count);
        Assert.Equal(long.MaxValue, report.Losses["x"]);
        Assert.DoesNotContain("y", report.Losses.Keys);
        Assert.NotEmpty(TextRenderer.Render(report) + MarkdownRenderer.Render(report) + SarifRenderer.Render(report) + OcsfRenderer.Render(report));
    }

    private static Protocol.Report.ReportDocument Build(ScriptedJob job)
    {
        var builder = new ReportBuilder();
        foreach (var recorded in job.Events)
        {
            builder.Accept(recorded);
        }

        return builder.Build();
    }
}
