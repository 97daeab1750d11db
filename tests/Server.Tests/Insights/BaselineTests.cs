using System.Net;
using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using Sallyport.Protocol.Ingest;
using Sallyport.Server.Access;
using Sallyport.Server.Insights;
using Sallyport.Server.Store;
using Sallyport.Server.Tests.Access;
using Sallyport.Server.Tests.Ui;
using Sallyport.Server.Work;

namespace Sallyport.Server.Tests.Insights;

/// <summary>What an agent is told of earlier runs of its job.</summary>
public sealed class BaselineTests(PostgresCluster cluster)
{
    private const string Place = "repository=octo/site&workflow=CI&job=build";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(StoreKinds.Databases), MemberType = typeof(StoreKinds))]
    public async Task Earlier_runs_of_the_job_are_told_and_nobody_elses(StoreKind kind)
    {
        await using var server = await TestServer.StartAsync(kind, cluster);
        var key = await server.KeyAsync("octo");
        Assert.Equal((null, "no earlier run of this job was read yet; those of pull requests do not count"), await AskAsync(server, key, $"{Place}&run=101"));
        var registration = TestRecording.Job() with { Workflow = "CI" };
        await server.UploadAsync(
            key, registration, TestRecording.Of(new MadeJob(new string('a', 64), "files.example.com", "198.51.100.7", "/work/x").Events()));
        await server.UploadAsync(
            key, registration with { Job = "other", JobName = "other" },
            TestRecording.Of(new MadeJob(new string('a', 64), "other.example.com", "198.51.100.8", "/work/x").Events()));
        Assert.Equal(("tcp://files.example.com:443", null), await AskAsync(server, key, $"{Place}&run=101"));

        // Jobs of one run say nothing of each other.
        Assert.Null((await AskAsync(server, key, $"{Place}&run={registration.RunId}")).Destinations);
        Assert.Null((await AskAsync(server, key, $"{Place.Replace("CI", "other", StringComparison.Ordinal)}&run=101")).Destinations);
    }

    /// <summary>The agent, the job's page and the list of what is new say the same.</summary>
    [Theory]
    [MemberData(nameof(StoreKinds.Databases), MemberType = typeof(StoreKinds))]
    public async Task What_pull_requests_reach_teaches_nothing_and_another_run_in_between_does(StoreKind kind)
    {
        var time = new HandTime();
        await using var server = await TestServer.StartAsync(kind, cluster, change: builder => builder.Services.AddSingleton<TimeProvider>(time));
        var key = await server.KeyAsync("octo");
        foreach (var (run, attempt, what, host, news, known) in new (string, int, string, string, string, string?)[]
        {
            ("100", 1, "pull_request", "pull", "", null), ("101", 1, "push", "main", "", "main"), ("102", 1, "pull_request_target", "pull", "1", "main"),
            ("103", 1, "pull_request", "pull", "1", "main"), ("104", 1, "push", "pull", "1", "main pull"), ("105", 1, "pull_request", "pull", "0", "main pull"),
            // Run 101 had it first and last: 106 reached it between.
            ("106", 1, "push", "main", "0", "main pull"), ("101", 2, "push", "main", "0", "main pull"), ("101", 3, "push", "main", "0", "main pull"),
        })
        {
            var job = await UploadAsync(server, key, run, attempt, what, host);
            Assert.Equal((run, attempt, news), (run, attempt, $"{(await server.RowAsync(job))!.NewDestinations}"));
            Assert.Equal((run, attempt, news), (run, attempt, await FoldAgainAsync(server, job)));
            Assert.Equal((run, known), (run, Hosts(await AskAsync(server, key, $"{Place}&run=999"))));
            time.Pass(TimeSpan.FromMinutes(1));
        }

        Assert.Equal("main pull", Hosts(await AskAsync(server, key, $"{Place}&run=101")));
        using var visitor = await Visitor.WithRoleAsync(server, "octo", Role.Viewer);
        var listed = await visitor.PageAsync("/destinations?new=yes");
        Assert.Contains("pull.example.com", listed, StringComparison.Ordinal);
        Assert.DoesNotContain("main.example.com", listed, StringComparison.Ordinal);

        // A pull request that has it still does not keep it known; a run that comes back to it after so long finds it new, however often that is read.
        time.Pass(TimeSpan.FromDays(60));
        await UploadAsync(server, key, "107", 1, "push", "main");
        await UploadAsync(server, key, "108", 1, "pull_request", "pull");
        time.Pass(TimeSpan.FromDays(31));
        Assert.Equal("main", Hosts(await AskAsync(server, key, $"{Place}&run=999")));
        var late = await UploadAsync(server, key, "109", 1, "push", "pull");
        Assert.Equal(1, (await server.RowAsync(late))!.NewDestinations);
        Assert.Equal("1", await FoldAgainAsync(server, late));
        using var later = await Visitor.WithRoleAsync(server, "octo", Role.Operator);
        Assert.Contains("pull.example.com", await later.PageAsync("/destinations?new=yes"), StringComparison.Ordinal);
        time.Pass(TimeSpan.FromDays(91));
        Assert.Null((await AskAsync(server, key, $"{Place}&run=999")).Destinations);
    }

    [Theory]
    [InlineData(BaselineAnswer.MaximumDestinations, "h", true, StoreKind.Sqlite)]
    [InlineData(BaselineAnswer.MaximumDestinations, "h", true, StoreKind.PostgreSql)]
    [InlineData(BaselineAnswer.MaximumDestinations + 1, "h", false, StoreKind.Sqlite)]
    [InlineData(BaselineAnswer.MaximumDestinations + 1, "h", false, StoreKind.PostgreSql)]
    [InlineData(6_000, "h\u00e9", false, StoreKind.Sqlite)]
    [InlineData(6_000, "h\u00e9", false, StoreKind.PostgreSql)]
    public async Task More_than_an_answer_holds_is_nothing_to_compare_with(int count, string name, bool isTold, StoreKind kind)
    {
        await using var server = await TestServer.StartAsync(kind, cluster);
        var host = string.Concat(Enumerable.Repeat(name, name.Length == 1 ? 1 : 50));
        await server.Services.GetRequiredService<Database>().ExecuteAsync(
            """
            WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < @count)
            INSERT INTO destination (owner, repository, workflow, job_name, protocol, host, port, first_ms, last_ms, first_job, last_job, jobs, refused,
                programs, taught_job, taught_run, taught_ms)
            SELECT 'octo', 'site', 'CI', 'build', 'tcp', @host || n, 443, @ms, @ms, 'a', 'a', 1, 0, '[]', 'a', '1', @ms FROM number
            """,
            new { count, host, ms = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() },
            Cancellation);
        var (known, why) = await AskAsync(server, await server.KeyAsync("octo"), $"{Place}&run=2");
        Assert.Equal(isTold ? count : null, known?.Split(' ').Length);
        Assert.Equal(isTold ? null : "earlier runs of this job reached too many destinations", why);
    }

    [Fact]
    public async Task A_job_token_asks_for_its_own_run_and_workflow_alone()
    {
        await using var issuer = await JobIssuer.StartAsync();
        await using var server = await TestServer.StartAsync(StoreKind.Sqlite, cluster, issuer.Settings);
        foreach (var (what, expected) in new[]
        {
            ("good", HttpStatusCode.OK), ("other run", HttpStatusCode.Forbidden), ("other repository", HttpStatusCode.Forbidden),
            ("of another workflow", HttpStatusCode.Forbidden), ("expired", HttpStatusCode.Unauthorized),
        })
        {
            using var response = await server.GetAsync($"api/v1/baseline?{Place}&run=100", issuer.Token(what));
            Assert.Equal((what, expected), (what, response.StatusCode));
            // Which knows of no runs.
            using var policy = await server.GetAsync($"api/v1/policy?{Place}", issuer.Token(what));
            Assert.Equal((what, what == "other run" ? HttpStatusCode.OK : expected), (what, policy.StatusCode));
        }
    }

    [Fact]
    public async Task A_key_of_another_owner_or_none_is_told_nothing()
    {
        await using var server = await TestServer.StartAsync(StoreKind.Sqlite, cluster);
        foreach (var (key, query, expected) in new (string?, string, HttpStatusCode)[]
        {
            (null, $"{Place}&run=1", HttpStatusCode.Unauthorized),
            (await server.KeyAsync("octo", ApiKeyRow.ReadScope), $"{Place}&run=1", HttpStatusCode.Unauthorized),
            (await server.KeyAsync("acme"), $"{Place}&run=1", HttpStatusCode.Forbidden),
            (await server.KeyAsync("octo"), Place, HttpStatusCode.BadRequest), (await server.KeyAsync("octo"), $"{Place}&run=%00", HttpStatusCode.BadRequest),
            (await server.KeyAsync("octo"), $"{Place}&run={new string('1', IngestLimits.TextCharacters + 1)}", HttpStatusCode.BadRequest),
        })
        {
            using var response = await server.GetAsync($"api/v1/baseline?{query}", key);
            Assert.Equal(expected, response.StatusCode);
        }
    }

    private static async Task<string> UploadAsync(TestServer server, string key, string run, int attempt, string eventName, string host) =>
        (await server.UploadAsync(
            key, TestRecording.Job(runId: run) with { RunAttempt = attempt, EventName = eventName },
            TestRecording.Of(new MadeJob(new string('a', 64), $"{host}.example.com", "198.51.100.7", "/work/x").Events()))).JobKey;

    private static async Task<string> FoldAgainAsync(TestServer server, string job)
    {
        var row = (await server.RowAsync(job))!;
        var report = await server.Services.GetRequiredService<Reports>().FindAsync(row, Cancellation);
        var marked = await server.Services.GetRequiredService<JobNews>().MarkAsync(row, report!, Cancellation);
        using var queue = ActivatorUtilities.CreateInstance<WorkQueue>(server.Services);
        WorkItem? held = null;
        while (held is null)
        {
            // Before all other work; the server's own worker may be quicker, and finds nothing to do.
            await server.Services.GetRequiredService<Database>().WriteAsync(
                async write =>
                {
                    await queue.AddAsync(write, WorkKind.Finish, job, dueMs: 0);
                    return true;
                },
                Cancellation);
            held = await queue.ClaimAsync([WorkKind.Finish], Cancellation);
            if (held is not null && held.Subject != job)
            {
                await queue.ReleaseAsync(held);
                held = null;
            }
        }

        await server.Services.GetRequiredService<JobCounts>().CountAsync(held, row, marked, row.Chain, Cancellation);
        await queue.DoneAsync(held, Cancellation);
        return $"{marked.New}";
    }

    private static string? Hosts((string? Destinations, string? Why) told) =>
        told.Destinations?.Replace("tcp://", "", StringComparison.Ordinal).Replace(".example.com:443", "", StringComparison.Ordinal);

    private static async Task<(string? Destinations, string? Why)> AskAsync(TestServer server, string key, string query)
    {
        using var response = await server.GetAsync($"api/v1/baseline?{query}", key);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var answer = await response.Content.ReadFromJsonAsync(IngestJson.Default.BaselineAnswer, Cancellation);
        return (answer!.Destinations is { } known ? string.Join(' ', known) : null, answer.Why);
    }
}
