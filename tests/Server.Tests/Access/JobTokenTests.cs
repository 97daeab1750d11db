using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Sallyport.Server.Access;
using Sallyport.Server.Insights;

namespace Sallyport.Server.Tests.Access;

/// <summary>Tokens of jobs, signed by an issuer of the tests' own.</summary>
public sealed class JobTokenTests(PostgresCluster cluster, JobTokenSite site) : IClassFixture<JobTokenSite>
{
    /// <summary>Where a GitHub Enterprise Server has its issuer.</summary>
    internal const string EnterprisePath = "/_services/token";

    public static TheoryData<string, HttpStatusCode> Cases => new()
    {
        { "other repository", HttpStatusCode.Forbidden },
        { "other run", HttpStatusCode.Forbidden },
        { "other attempt", HttpStatusCode.Forbidden },
        { "of a pull request", HttpStatusCode.Forbidden },
        { "of another workflow", HttpStatusCode.Forbidden },
        { "other audience", HttpStatusCode.Unauthorized },
        { "expired", HttpStatusCode.Unauthorized },
        { "not yet", HttpStatusCode.Unauthorized },
        { "other key", HttpStatusCode.Unauthorized },
        { "no signature", HttpStatusCode.Unauthorized },
        { "other issuer", HttpStatusCode.Unauthorized },
        { "the host of the issuer", HttpStatusCode.Unauthorized },
        { "a path below the issuer", HttpStatusCode.Unauthorized },
        { "owner that may not write", HttpStatusCode.Unauthorized },
        { "repository of another owner", HttpStatusCode.Unauthorized },
        { "symmetric, signed with the public key", HttpStatusCode.Unauthorized },
    };

    // What an issuer is asked does not depend on the database.
    [Theory]
    [InlineData("", StoreKind.Sqlite)]
    [InlineData(EnterprisePath, StoreKind.PostgreSql)]
    public async Task A_job_sends_with_its_token_alone(string path, StoreKind kind)
    {
        await using var issuer = await JobIssuer.StartAsync(path);
        await using var server = await TestServer.StartAsync(kind, cluster, issuer.Settings);
        var job = await server.UploadAsync(issuer.Token("good"), TestRecording.Job(), TestRecording.Small());
        var row = await server.RowAsync(job.JobKey);
        Assert.Equal(("octo", "site", "intact"), (row!.Owner, row.Repository, row.Chain));
        Assert.Equal(job.JobKey, (await server.RegisteredAsync(issuer.Token("good"), TestRecording.Job())).JobKey);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_token_is_for_the_run_that_it_names(string what, HttpStatusCode expected)
    {
        using var response = await site.Server.RegisterAsync(site.Issuer.Token(what), TestRecording.Job());
        Assert.Equal(expected, response.StatusCode);
    }

    /// <summary>So that a pull request's run teaches nothing, whatever it leaves out.</summary>
    [Fact]
    public async Task What_GitHub_signed_of_a_job_is_what_the_server_knows_of_it()
    {
        var said = TestRecording.Job(job: "silent") with { EventName = null, Workflow = null };
        var job = await site.Server.RegisteredAsync(site.Issuer.Token("of a pull request"), said);
        var row = (await site.Server.RowAsync(job.JobKey))!;
        Assert.Equal(("pull_request", "CI", false), (row.EventName, row.Workflow, JobNews.Teaches(row)));
    }

    [Fact]
    public async Task Keys_that_were_rotated_are_fetched_anew()
    {
        await using var issuer = await JobIssuer.StartAsync();
        await using var server = await TestServer.StartAsync(StoreKind.Sqlite, cluster, issuer.Settings);
        using var before = await server.RegisterAsync(issuer.Token("good"), TestRecording.Job());
        issuer.Rotate();
        using var after = await server.RegisterAsync(issuer.Token("good"), TestRecording.Job());
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (before.StatusCode, after.StatusCode));
    }

    [Fact]
    public async Task While_the_issuer_is_away_the_keys_that_are_kept_hold_and_no_other()
    {
        var time = new HandTime();
        await using var issuer = await JobIssuer.StartAsync();
        await using var server = await TestServer.StartAsync(
            StoreKind.Sqlite, cluster, issuer.Settings, builder => builder.Services.AddSingleton<TimeProvider>(time));
        async Task<HttpStatusCode> RegisterAsync()
        {
            using var response = await server.RegisterAsync(issuer.Token("good", time), TestRecording.Job());
            return response.StatusCode;
        }

        Assert.Equal(HttpStatusCode.OK, await RegisterAsync());
        issuer.What = "is down";
        Assert.Equal(HttpStatusCode.OK, await RegisterAsync());
        time.Pass(IssuerKeys.Kept + TimeSpan.FromHours(1));
        Assert.Equal(HttpStatusCode.OK, await RegisterAsync());
        issuer.Rotate();
        // It may be theirs, which could not be fetched.
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await RegisterAsync());
        issuer.What = "";
        time.Pass(IssuerKeys.Pause * 2);
        Assert.Equal(HttpStatusCode.OK, await RegisterAsync());
    }

    [Fact]
    public async Task Whoever_goes_away_leaves_the_fetch_of_the_keys_to_the_others()
    {
        await using var issuer = await JobIssuer.StartAsync();
        var ready = new TaskCompletionSource();
        issuer.Ready = ready.Task;
        using var http = new HttpClient();
        var keys = new IssuerKeys(new Uri(issuer.Address), () => http, TimeProvider.System);
        using var leaving = new CancellationTokenSource();
        var (first, second) = (keys.GetAsync(leaving.Token), keys.GetAsync(TestContext.Current.CancellationToken));
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        Assert.False(second.IsCompleted);
        ready.SetResult();
        Assert.Single((await second).SigningKeys);
        Assert.Equal(1, issuer.Asked);
    }

    [Fact]
    public async Task Whoever_needs_new_keys_while_they_are_fetched_waits_for_them()
    {
        await using var issuer = await JobIssuer.StartAsync();
        using var http = new HttpClient();
        var keys = new IssuerKeys(new Uri(issuer.Address), () => http, TimeProvider.System);
        var seen = await keys.GetAsync(TestContext.Current.CancellationToken);
        issuer.Rotate();
        var ready = new TaskCompletionSource();
        issuer.Ready = ready.Task;
        var (first, second) = (keys.RenewAsync(seen, TestContext.Current.CancellationToken), keys.RenewAsync(seen, TestContext.Current.CancellationToken));
        ready.SetResult();
        Assert.Equal(("key1", "key1"), (Assert.Single((await first)!.SigningKeys).KeyId, Assert.Single((await second)!.SigningKeys).KeyId));
        // One who was slower has them too; and for a key that is not among them nobody is asked again so soon.
        Assert.Same(await first, await keys.RenewAsync(seen, TestContext.Current.CancellationToken));
        Assert.Null(await keys.RenewAsync((await first)!, TestContext.Current.CancellationToken));
        Assert.Equal(("key0", 2), (Assert.Single(seen.SigningKeys).KeyId, issuer.Asked));
    }

    [Theory]
    [InlineData("is down")]
    [InlineData("says no JSON")]
    [InlineData("says null")]
    [InlineData("has no keys")]
    [InlineData("says no JSON as keys")]
    public async Task An_issuer_whose_keys_cannot_be_read_signs_for_nobody_until_they_can(string what)
    {
        var time = new HandTime();
        await using var issuer = await JobIssuer.StartAsync();
        await using var server = await TestServer.StartAsync(
            StoreKind.Sqlite, cluster, issuer.Settings, builder => builder.Services.AddSingleton<TimeProvider>(time));
        issuer.What = what;
        for (var asked = 0; asked < 2; asked++)
        {
            using var refused = await server.RegisterAsync(issuer.Token("good", time), TestRecording.Job());
            // An agent that is told 401 sends nothing of its recording any more.
            Assert.Equal((HttpStatusCode.ServiceUnavailable, IssuerKeys.Pause), (refused.StatusCode, refused.Headers.RetryAfter?.Delta));
        }

        issuer.What = "";
        time.Pass(IssuerKeys.Pause * 2);
        using var taken = await server.RegisterAsync(issuer.Token("good", time), TestRecording.Job());
        Assert.Equal(HttpStatusCode.OK, taken.StatusCode);
    }
}
