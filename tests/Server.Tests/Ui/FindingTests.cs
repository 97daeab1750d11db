using System.Collections.Immutable;
using System.Net;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Sallyport.Protocol.Recording;
using Sallyport.Server.Access;

namespace Sallyport.Server.Tests.Ui;

public sealed partial class FindingTests(PostgresCluster cluster)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(StoreKinds.Databases), MemberType = typeof(StoreKinds))]
    public async Task A_finding_is_suppressed_where_and_as_long_as_somebody_said(StoreKind kind)
    {
        var time = new HandTime();
        await using var server = await TestServer.StartAsync(kind, cluster, change: builder => builder.Services.AddSingleton<TimeProvider>(time));
        var key = await server.KeyAsync("octo");
        var segments = TestRecording.Read(TestRecording.Corpus("name-mismatch"));
        await server.UploadAsync(key, TestRecording.Job(), segments);
        using var visitor = await Visitor.WithRoleAsync(server, "octo", Role.Operator);
        var id = Assert.Single(await IdsAsync(visitor, "/findings"));
        var page = $"/findings/{id}";

        using var without = await visitor.PostAsync(page, $"{page}?handler=Suppress", ("scope", "repository"), ("about", "this"), ("reason", " "), ("days", "30"));
        Assert.Contains("Say why", await without.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
        using var suppressed = await visitor.PostAsync(
            page, $"{page}?handler=Suppress", ("scope", "repository"), ("about", "this"), ("reason", "a <test>"), ("days", "30"));
        Assert.Equal(HttpStatusCode.Found, suppressed.StatusCode);
        Assert.Empty(await IdsAsync(visitor, "/findings"));
        Assert.Equal([id], await IdsAsync(visitor, "/findings?status=suppressed"));
        Assert.Contains("a &lt;test&gt;", await visitor.PageAsync(page), StringComparison.Ordinal);

        // The same in another job of the repository, later: suppressed; in another repository: not.
        await server.UploadAsync(key, TestRecording.Job(runId: "101", job: "other"), segments);
        Assert.Empty(await IdsAsync(visitor, "/findings"));
        Assert.Equal(2, (await IdsAsync(visitor, "/findings?status=suppressed")).Count);
        await server.UploadAsync(key, TestRecording.Job("octo/library", "102"), segments);
        Assert.Single(await IdsAsync(visitor, "/findings"));

        // Thirty days and no longer; a session does not live as long.
        time.Pass(TimeSpan.FromDays(30) - TimeSpan.FromMinutes(1));
        using var later = await Visitor.WithRoleAsync(server, "octo", Role.Viewer);
        Assert.Single(await IdsAsync(later, "/findings"));
        Assert.Contains("a &lt;test&gt;", await later.PageAsync("/suppressions"), StringComparison.Ordinal);
        time.Pass(TimeSpan.FromMinutes(1));
        Assert.Equal(3, (await IdsAsync(later, "/findings")).Count);
        Assert.Contains("Nothing is suppressed", await later.PageAsync("/suppressions"), StringComparison.Ordinal);

        // One without an end, taken back by a person.
        using var last = await Visitor.WithRoleAsync(server, "octo", Role.Administrator);
        using var again = await last.PostAsync(page, $"{page}?handler=Suppress", ("scope", "repository"), ("about", "this"), ("reason", "why"), ("days", "0"));
        time.Pass(TimeSpan.FromHours(11));
        Assert.Single(await IdsAsync(last, "/findings"));
        var suppression = Suppression().Match(await last.PageAsync("/suppressions")).Groups["id"].Value;
        using var ended = await last.PostAsync("/suppressions", "/suppressions?handler=End", ("id", suppression));
        Assert.Equal(3, (await IdsAsync(last, "/findings")).Count);
        Assert.Contains("ended", await last.PageAsync("/suppressions?ended=yes"), StringComparison.Ordinal);

        using var administrator = await Visitor.AdministratorAsync(server);
        var audit = await administrator.PageAsync("/settings/audit");
        Assert.Contains("finding.suppressed", audit, StringComparison.Ordinal);
        Assert.Contains("finding.unsuppressed", audit, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(StoreKinds.Databases), MemberType = typeof(StoreKinds))]
    public async Task Each_scope_suppresses_what_is_in_it_alone(StoreKind kind)
    {
        await using var server = await TestServer.StartAsync(kind, cluster);
        var key = await server.KeyAsync("octo");
        // Each with two findings of one detector, about two files.
        foreach (var (repository, workflow, job) in new[] { ("site", "CI", "build"), ("site", "CI", "lint"), ("site", "Nightly", "build"), ("library", "CI", "build") })
        {
            await server.UploadAsync(
                key, TestRecording.Job($"octo/{repository}", $"{repository}-{workflow}-{job}", job) with { Workflow = workflow }, TestRecording.Of(Findings()));
        }

        using var visitor = await Visitor.WithRoleAsync(server, "octo", Role.Operator);
        Assert.Equal(8, (await IdsAsync(visitor, "/findings")).Count);
        // The first of what was seen in site's CI › build.
        var id = (await IdsAsync(visitor, "/findings?repository=site&workflow=CI&job=build&q=/src/a.c")).Single();
        foreach (var (scope, about, suppressed, where) in new[]
        {
            ("job", "this", 1, "octo/site · CI · build"), ("workflow", "this", 2, "octo/site · CI"), ("repository", "this", 3, "octo/site"), ("organisation", "this", 4, "octo"),
            ("job", "all", 2, "octo/site · CI · build"), ("workflow", "all", 4, "octo/site · CI"), ("organisation", "all", 8, "octo"),
        })
        {
            using var sent = await visitor.PostAsync(
                $"/findings/{id}", $"/findings/{id}?handler=Suppress", ("scope", scope), ("about", about), ("reason", "why"), ("days", "0"));
            Assert.Equal(HttpStatusCode.Found, sent.StatusCode);
            Assert.Equal((suppressed, 8 - suppressed), ((await IdsAsync(visitor, "/findings?status=suppressed")).Count, (await IdsAsync(visitor, "/findings")).Count));
            var list = WebUtility.HtmlDecode(await visitor.PageAsync("/suppressions"));
            Assert.Contains($">{where}</span>", list, StringComparison.Ordinal);
            Assert.Contains(about == "all" ? "<span>everything</span>" : ">/src/a.c</span>", list, StringComparison.Ordinal);
            Assert.Contains("without an end", list, StringComparison.Ordinal);
            using var ended = await visitor.PostAsync("/suppressions", "/suppressions?handler=End", ("id", Suppression().Match(list).Groups["id"].Value));
            Assert.Equal(8, (await IdsAsync(visitor, "/findings")).Count);
        }
    }

    private static IEnumerable<RecordedEvent> Findings()
    {
        var events = new MadeJob(new string('a', 64), "files.example.com", "198.51.100.7", "/work/x").Events().ToList();
        foreach (var recorded in events.SkipLast(1))
        {
            yield return recorded;
        }

        foreach (var file in new[] { "/src/a.c", "/src/b.c" })
        {
            yield return new FindingRaised(
                "source-tampered", "Tracked source was changed", "high", "reported", ImmutableDictionary<string, string>.Empty.Add("file", file), "p1", "s1")
            {
                BootTimeNs = 1_500_000_000,
                Execution = 1,
            };
        }

        yield return events[^1];
    }

    [Theory]
    [MemberData(nameof(StoreKinds.Databases), MemberType = typeof(StoreKinds))]
    public async Task A_finding_is_acknowledged_and_opened_again(StoreKind kind)
    {
        await using var server = await TestServer.StartAsync(kind, cluster);
        await server.UploadAsync(
            await server.KeyAsync("octo"), TestRecording.Job(), TestRecording.Read(TestRecording.Corpus("name-mismatch")));
        using var visitor = await Visitor.WithRoleAsync(server, "octo", Role.Operator);
        var id = Assert.Single(await IdsAsync(visitor, "/findings"));
        using var acknowledged = await visitor.PostAsync(
            "/findings", $"/findings?handler=Acknowledge&id={id}", ("back", "https://elsewhere.example/"));
        Assert.Equal("/findings", acknowledged.Headers.Location!.ToString());
        Assert.Empty(await IdsAsync(visitor, "/findings"));
        Assert.Equal([id], await IdsAsync(visitor, "/findings?status=acknowledged"));
        using var reopened = await visitor.PostAsync($"/findings/{id}", $"/findings/{id}?handler=Reopen");
        Assert.Equal([id], await IdsAsync(visitor, "/findings"));
    }

    [Fact]
    public async Task Who_only_reads_changes_nothing()
    {
        await using var server = await TestServer.StartAsync(StoreKind.Sqlite, cluster);
        await server.UploadAsync(
            await server.KeyAsync("octo"), TestRecording.Job(), TestRecording.Read(TestRecording.Corpus("name-mismatch")));
        using var viewer = await Visitor.WithRoleAsync(server, "octo", Role.Viewer);
        using var other = await Visitor.WithRoleAsync(server, "other", Role.Administrator);
        var id = Assert.Single(await IdsAsync(viewer, "/findings"));
        Assert.DoesNotContain("<form method=\"post\"", await viewer.PageAsync($"/findings/{id}"), StringComparison.Ordinal);
        foreach (var (visitor, status) in new[] { (viewer, HttpStatusCode.Forbidden), (other, HttpStatusCode.NotFound) })
        {
            foreach (var handler in new[] { "Acknowledge", "Reopen", "Suppress" })
            {
                // A token of a form that they may send is good for every form.
                using var response = await visitor.PostAsync(
                    "/settings", $"/findings/{id}?handler={handler}", ("scope", "job"), ("about", "this"), ("reason", "why not"), ("days", "0"));
                Assert.Equal(status, response.StatusCode);
            }
        }

        Assert.Single(await IdsAsync(viewer, "/findings"));
    }

    private static async Task<List<string>> IdsAsync(Visitor visitor, string path) =>
        [.. Finding().Matches(await visitor.PageAsync(path)).Select(match => match.Groups["id"].Value).Distinct()];

    [GeneratedRegex("href=\"/findings/(?<id>[0-9a-f]{32})\"")]
    private static partial Regex Finding();

    [GeneratedRegex("name=\"id\" value=\"(?<id>[0-9a-f]{32})\"")]
    private static partial Regex Suppression();
}
