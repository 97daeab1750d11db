using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Sallyport.Protocol.Recording;
using Sallyport.Server.Access;

namespace Sallyport.Server.Tests.Ui;

public sealed partial class ListTests(PostgresCluster cluster)
{
    [Theory]
    [MemberData(nameof(StoreKinds.Databases), MemberType = typeof(StoreKinds))]
    public async Task A_list_goes_on_where_it_stopped_and_shows_each_job_once(StoreKind kind)
    {
        await using var server = await TestServer.StartAsync(kind, cluster);
        var key = await server.KeyAsync("octo");
        for (var i = 0; i < 120; i++)
        {
            await server.RegisteredAsync(key, TestRecording.Job(runId: i.ToString(CultureInfo.InvariantCulture)) with { Runner = $"runner-{i}" });
        }

        using var visitor = await Visitor.WithRoleAsync(server, "octo", Role.Viewer);
        foreach (var list in new[] { "/runs", "/runners" })
        {
            var found = new List<string>();
            for (var next = list; next is not null;)
            {
                var page = await visitor.PageAsync(next);
                found.AddRange(JobLinks().Matches(page).Select(match => match.Groups["id"].Value).Distinct());
                next = Next().Match(page) is { Success: true } link ? WebUtility.HtmlDecode(link.Groups["path"].Value) : null;
            }

            Assert.Equal(120, found.Count);
            Assert.Equal(120, found.Distinct().Count());
        }

        // In one repository: the list that groups has one row.
        Assert.Contains(">120<", await visitor.PageAsync("/repositories"), StringComparison.Ordinal);
        Assert.Single(JobLinks().Matches(await visitor.PageAsync("/runs?run=17")).Select(match => match.Value).Distinct());
        Assert.Contains("No job fits", await visitor.PageAsync("/runs?run=x'%20OR%201=1%20--"), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(StoreKinds.Databases), MemberType = typeof(StoreKinds))]
    public async Task Filters_keep_what_fits_and_every_number_leads_to_its_list(StoreKind kind)
    {
        await using var server = await TestServer.StartAsync(kind, cluster);
        var key = await server.KeyAsync("octo");
        var refused = await server.UploadAsync(key, TestRecording.Job(), TestRecording.Small(DateTimeOffset.UtcNow));
        var finding = await server.UploadAsync(
            key, TestRecording.Job("octo/library", "200", "test"), TestRecording.Read(TestRecording.Corpus("name-mismatch")));
        var audit = await server.UploadAsync(
            key, TestRecording.Job("octo/site", "300", "lint"), TestRecording.Read(TestRecording.Corpus("audit-many")));
        using var visitor = await Visitor.WithRoleAsync(server, "octo", Role.Viewer);

        Assert.Equal([audit.JobKey, finding.JobKey, refused.JobKey], await JobsAsync(visitor, "/runs"));
        Assert.DoesNotContain(audit.JobKey, await JobsAsync(visitor, "/runs?with=refused"));
        Assert.Equal([finding.JobKey], await JobsAsync(visitor, "/runs?repository=library"));
        Assert.Equal([audit.JobKey], await JobsAsync(visitor, "/unprotected"));
        Assert.Equal([audit.JobKey], await JobsAsync(visitor, "/unprotected?why=audit&q=LINT"));
        Assert.Empty(await JobsAsync(visitor, "/unprotected?why=lost"));
        Assert.Empty(await JobsAsync(visitor, "/runs?day=1999-01-01"));
        Assert.Equal(3, (await JobsAsync(visitor, $"/runs?day={DateTime.UtcNow.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}")).Count);

        var destinations = await visitor.PageAsync("/destinations?host=PACKAGES");
        Assert.Contains("packages.example.com:443", destinations, StringComparison.Ordinal);
        Assert.DoesNotContain("evil.example", destinations, StringComparison.Ordinal);
        Assert.Contains("No destination fits", await visitor.PageAsync("/destinations?host=%25"), StringComparison.Ordinal);
        // The first run of a job makes nothing new.
        Assert.Contains("No destination fits", await visitor.PageAsync("/destinations?new=yes"), StringComparison.Ordinal);

        foreach (var page in new[] { "/", "/repositories", "/workflows", "/destinations", "/findings", "/runners", "/search?q=octo" })
        {
            foreach (var link in Links().Matches(await visitor.PageAsync(page)).Select(match => WebUtility.HtmlDecode(match.Groups["path"].Value)).Distinct())
            {
                await visitor.PageAsync(link);
            }
        }

        Assert.Contains("1</a> ! open findings", await visitor.PageAsync("/"), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(StoreKinds.Databases), MemberType = typeof(StoreKinds))]
    public async Task A_destination_is_new_when_its_job_had_run_without_it(StoreKind kind)
    {
        await using var server = await TestServer.StartAsync(kind, cluster);
        var key = await server.KeyAsync("octo");
        var first = await server.UploadAsync(key, TestRecording.Job(), TestRecording.Read(TestRecording.Corpus("name-mismatch")));
        var second = await server.UploadAsync(key, TestRecording.Job(runId: "101"), TestRecording.Small(DateTimeOffset.UtcNow));
        using var visitor = await Visitor.WithRoleAsync(server, "octo", Role.Viewer);
        // The report, whatever becomes of it, the number and the list say the same; of the first run nothing is said.
        var marked = (await visitor.PageAsync($"/jobs/{second.JobKey}/report.md")).Split('\n')
            .SkipWhile(line => !line.Contains("+ new destination", StringComparison.Ordinal)).Skip(2).TakeWhile(line => line.StartsWith('|')).ToList();
        Assert.Contains(marked, line => line.Contains("packages", StringComparison.Ordinal));
        Assert.Contains($"#tab=network&amp;new=new\">{marked.Count}<", await visitor.PageAsync("/runs?run=101"), StringComparison.Ordinal);
        Assert.Contains($"<b>{marked.Count}</b> new", await visitor.PageAsync($"/jobs/{second.JobKey}"), StringComparison.Ordinal);
        Assert.Equal([second.JobKey], await JobsAsync(visitor, "/runs?with=new"));
        Assert.DoesNotContain("new destination", await visitor.PageAsync($"/jobs/{first.JobKey}/report.md"), StringComparison.Ordinal);
        Assert.DoesNotContain("</b> new", await visitor.PageAsync($"/jobs/{first.JobKey}"), StringComparison.Ordinal);
        Assert.Contains("first run", await visitor.PageAsync("/runs?run=100"), StringComparison.Ordinal);
        var fresh = await visitor.PageAsync("/destinations?new=yes");
        Assert.Contains("packages.example.com", fresh, StringComparison.Ordinal);
        Assert.DoesNotContain("cdn.example.com", fresh, StringComparison.Ordinal);
        Assert.Contains("octo/site", await visitor.PageAsync("/"), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(StoreKinds.Databases), MemberType = typeof(StoreKinds))]
    public async Task Jobs_of_one_run_make_nothing_new_for_each_other(StoreKind kind)
    {
        var time = new HandTime();
        await using var server = await TestServer.StartAsync(kind, cluster, change: builder => builder.Services.AddSingleton<TimeProvider>(time));
        var key = await server.KeyAsync("octo");
        var numbers = new List<string>();
        // Two of a matrix, then the same two of the next run: what the second of them reaches is new in both.
        foreach (var (run, leg, host) in new[] { ("100", "a", "one"), ("100", "b", "two"), ("101", "a", "three"), ("101", "b", "three") })
        {
            var registration = TestRecording.Job(runId: run) with { Matrix = ImmutableSortedDictionary<string, string>.Empty.Add("os", leg) };
            var job = await server.UploadAsync(
                key, registration, TestRecording.Of(new MadeJob(new string('a', 64), $"{host}.example.com", "198.51.100.7", "/work/x").Events()));
            numbers.Add($"{(await server.RowAsync(job.JobKey))!.NewDestinations}");
            time.Pass(TimeSpan.FromMinutes(1));
        }

        Assert.Equal(["", "", "1", "1"], numbers);
        using var visitor = await Visitor.WithRoleAsync(server, "octo", Role.Viewer);
        Assert.StartsWith("three.example.com:443", Assert.Single(await RowsAsync(visitor, "/destinations?new=yes")), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(StoreKinds.Databases), MemberType = typeof(StoreKinds))]
    public async Task Runners_and_destinations_show_what_their_jobs_said(StoreKind kind)
    {
        var time = new HandTime();
        await using var server = await TestServer.StartAsync(kind, cluster, change: builder => builder.Services.AddSingleton<TimeProvider>(time));
        var key = await server.KeyAsync("octo");
        var first = await server.UploadAsync(key, TestRecording.Job(), TestRecording.Of(Made("/usr/bin/curl", "0.1.0")));
        time.Pass(TimeSpan.FromDays(1));
        var second = await server.UploadAsync(key, TestRecording.Job(runId: "101"), TestRecording.Of(Made("/usr/bin/curl", "0.1.0")));
        time.Pass(TimeSpan.FromDays(1));
        var third = await server.UploadAsync(
            key, TestRecording.Job("octo/library", "200", "test") with { Runner = "runner-2", RunnerEnvironment = "github-hosted" },
            TestRecording.Of(Made("/opt/wget", "0.2.0", "no cgroup")));
        using var visitor = await Visitor.WithRoleAsync(server, "octo", Role.Viewer);

        const string One = "runner-1 self-hosted octo 0.1.0 audit · observing build 2026-11-27T08:00:00Z";
        const string Two = "runner-2 github-hosted octo 0.2.0 audit · observing ! degraded no cgroup test 2026-11-28T08:00:00Z";
        Assert.Equal([Two, One], await RowsAsync(visitor, "/runners"));
        Assert.Equal([Two], await RowsAsync(visitor, "/runners?degraded=yes"));
        Assert.Equal([Two], await RowsAsync(visitor, "/runners?q=0.2"));
        Assert.Equal([One], await RowsAsync(visitor, "/runners?environment=self-hosted"));
        Assert.Empty(await RowsAsync(visitor, "/runners?environment=self-hosted&degraded=yes"));

        const string All = "files.example.com:443 tcp octo 2 3 3 wget, curl 2026-11-26T08:00:00Z 2026-11-28T08:00:00Z";
        Assert.Equal([All], await RowsAsync(visitor, "/destinations"));
        Assert.Equal([first.JobKey, third.JobKey], await JobsAsync(visitor, "/destinations"));
        Assert.Equal(
            ["files.example.com:443 tcp octo 1 1 1 wget 2026-11-28T08:00:00Z 2026-11-28T08:00:00Z"], await RowsAsync(visitor, "/destinations?program=wget"));
        Assert.Empty(await RowsAsync(visitor, "/destinations?program=node"));
        const string Place = "/destination?owner=octo&protocol=tcp&host=files.example.com&port=443";
        Assert.Equal(
            [
                "octo/library CI · test 1 1 wget 2026-11-28T08:00:00Z 2026-11-28T08:00:00Z",
                "octo/site CI · build 2 2 curl 2026-11-26T08:00:00Z 2026-11-27T08:00:00Z",
            ],
            await RowsAsync(visitor, Place));
        Assert.Equal([third.JobKey, first.JobKey, second.JobKey], await JobsAsync(visitor, Place));
        Assert.Single(await RowsAsync(visitor, Place + "&program=curl"));
        Assert.Equal([second.JobKey, first.JobKey], await JobsAsync(visitor, "/runs?repository=site&destination=tcp://files.example.com:443"));
        Assert.Empty(await JobsAsync(visitor, "/runs?destination=tcp://files.example.com:444"));
    }

    /// <summary>What the next job says is not known before it was read: until then the runner is what it was.</summary>
    [Theory]
    [MemberData(nameof(StoreKinds.Databases), MemberType = typeof(StoreKinds))]
    public async Task A_degraded_runner_is_counted_while_its_next_job_runs(StoreKind kind)
    {
        var time = new HandTime();
        await using var server = await TestServer.StartAsync(kind, cluster, change: builder => builder.Services.AddSingleton<TimeProvider>(time));
        var key = await server.KeyAsync("octo");
        var ended = await server.UploadAsync(key, TestRecording.Job(), TestRecording.Of(Made("/usr/bin/curl", "0.1.0", "no cgroup")));
        time.Pass(TimeSpan.FromHours(1));
        using var visitor = await Visitor.WithRoleAsync(server, "octo", Role.Viewer);
        var running = await server.RegisteredAsync(key, TestRecording.Job(runId: "101"));
        var segments = TestRecording.Of(Made("/usr/bin/curl", "0.1.0"));
        foreach (var some in new[] { [], segments })
        {
            await server.PutAllAsync(running, some);
            Assert.Equal([ended.JobKey], await JobsAsync(visitor, "/runners?degraded=yes"));
            Assert.Contains("1</a> ! agents degraded", await visitor.PageAsync("/"), StringComparison.Ordinal);
            Assert.Contains("! degraded no cgroup", Assert.Single(await RowsAsync(visitor, "/runners")), StringComparison.Ordinal);
        }

        using var end = await server.EndAsync(running, segments.Count);
        await server.WorkDoneAsync();
        Assert.Empty(await JobsAsync(visitor, "/runners?degraded=yes"));
        Assert.DoesNotContain("! agents degraded", await visitor.PageAsync("/"), StringComparison.Ordinal);
        Assert.Equal([running.JobKey], await JobsAsync(visitor, "/runners"));
    }

    private static IEnumerable<RecordedEvent> Made(string exe, string version, params ImmutableArray<string> degraded) =>
        new MadeJob(new string('a', 64), "files.example.com", "198.51.100.7", "/work/x", exe).Events()
            .Select(one => one is RecordingStarted started ? started with { ToolVersion = version, Degraded = degraded } : one);

    // The text of each row; of a time the time itself.
    private static async Task<List<string>> RowsAsync(Visitor visitor, string path) =>
        [.. Row().Matches(await visitor.PageAsync(path)).Select(row => WebUtility.HtmlDecode(
            Regex.Replace(Regex.Replace(Regex.Replace(row.Value, "<time datetime=\"([^\"]*)\".*?</time>", "$1"), "<[^>]*>", " "), @"\s+", " ")).Trim())];

    [GeneratedRegex("<tr>\\s*<th scope=\"row\".*?</tr>", RegexOptions.Singleline)]
    private static partial Regex Row();

    [Theory]
    [MemberData(nameof(StoreKinds.Databases), MemberType = typeof(StoreKinds))]
    public async Task What_a_job_did_leads_to_the_job_and_a_search_is_kept_for_the_organisation(StoreKind kind)
    {
        await using var server = await TestServer.StartAsync(kind, cluster);
        var job = await server.UploadAsync(await server.KeyAsync("octo"), TestRecording.Job(), TestRecording.Small(DateTimeOffset.UtcNow));
        using var visitor = await Visitor.WithRoleAsync(server, "octo", Role.Operator);
        const string Found = "/search/events?what=destination&value=packages.example.com&days=7";
        Assert.Equal([job.JobKey], await JobsAsync(visitor, Found));
        Assert.Empty(await JobsAsync(visitor, "/search/events?what=destination&value=elsewhere.example"));
        Assert.Contains("64 hexadecimal digits", await visitor.PageAsync("/search/events?what=hash&value=1"), StringComparison.Ordinal);
        using var kept = await visitor.PostAsync(Found, Found + "&handler=Keep", ("name", "the <mirror>"), ("keeper", "octo"));
        Assert.Equal(HttpStatusCode.Found, kept.StatusCode);
        Assert.Contains("the &lt;mirror&gt;", await visitor.PageAsync("/search/events"), StringComparison.Ordinal);
        using var refused = await visitor.PostAsync(Found, Found + "&handler=Keep", ("name", "x"), ("keeper", "other"));
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        using var other = await Visitor.WithRoleAsync(server, "other", Role.Administrator);
        Assert.Empty(await JobsAsync(other, Found));
        Assert.DoesNotContain("mirror", await other.PageAsync("/search/events?owner=octo"), StringComparison.Ordinal);
    }

    private static async Task<List<string>> JobsAsync(Visitor visitor, string path) =>
        [.. JobLinks().Matches(await visitor.PageAsync(path)).Select(match => match.Groups["id"].Value).Distinct()];

    [GeneratedRegex("href=\"/jobs/(?<id>[0-9a-f]{32})")]
    private static partial Regex JobLinks();

    [GeneratedRegex("rel=\"next\" href=\"(?<path>[^\"]+)\"")]
    private static partial Regex Next();

    [GeneratedRegex("href=\"(?<path>/[^\"#]*)")]
    private static partial Regex Links();
}
