using System.Net;
using System.Text.RegularExpressions;
using Sallyport.Policy.Machine;
using Sallyport.Server.Access;

namespace Sallyport.Server.Tests.Ui;

public sealed partial class PageTests(PostgresCluster cluster, SharedServers servers) : IClassFixture<SharedServers>
{
    private const string Hostile = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>\u202e";

    private static readonly string[] Searches = ["/search?q=a", "/search/events?what=destination&value=evil.example"];

    [Fact]
    public async Task Pages_and_what_they_fetch_are_for_who_has_signed_in()
    {
        var server = await servers.OfAsync(StoreKind.Sqlite);
        var job = await server.UploadAsync(await server.KeyAsync("octo"), TestRecording.Job(), TestRecording.Small());
        using var stranger = Visitor.Stranger(server);
        foreach (var path in (await SitePages.ListsAsync(server)).Concat(
            [$"/jobs/{job.JobKey}", $"/jobs/{job.JobKey}/state", $"/jobs/{job.JobKey}/report.json", $"/jobs/{job.JobKey}/recording.ndjson.zst"]))
        {
            using var response = await stranger.SendAsync(path);
            Assert.True(response.StatusCode == HttpStatusCode.Found, $"{path}: {response.StatusCode}");
            Assert.Equal("/sign-in", response.Headers.Location!.AbsolutePath);
        }

        using var signIn = await stranger.SendAsync("/sign-in");
        Assert.Equal(HttpStatusCode.OK, signIn.StatusCode);
        using var live = await stranger.SendAsync("/health/live");
        Assert.Equal(HttpStatusCode.OK, live.StatusCode);
    }

    [Fact]
    public async Task Every_answer_says_what_a_browser_may_do_with_it_and_no_page_has_a_script_inline()
    {
        await using var server = await TestServer.StartAsync(StoreKind.Sqlite, cluster);
        using var visitor = await Visitor.AdministratorAsync(server);
        foreach (var hasJobs in new[] { false, true })
        {
            foreach (var path in (await SitePages.ListsAsync(server)).Concat([.. Searches, "/nothing-here", "/sign-in"]))
            {
                using var response = await visitor.SendAsync(path);
                var policy = Assert.Single(response.Headers.GetValues("Content-Security-Policy"));
                Assert.Contains("default-src 'none'; script-src 'self'; style-src 'self'", policy, StringComparison.Ordinal);
                Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues("X-Content-Type-Options")));
                var page = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
                Assert.DoesNotContain("<script>", page, StringComparison.OrdinalIgnoreCase);
                Assert.DoesNotContain(" style=", page, StringComparison.OrdinalIgnoreCase);
                Assert.DoesNotContain(" onclick=", page, StringComparison.OrdinalIgnoreCase);
            }

            if (!hasJobs)
            {
                await server.UploadAsync(await server.KeyAsync("octo"), TestRecording.Job(), TestRecording.Small());
            }
        }
    }

    /// <summary>PostgreSQL's text holds none.</summary>
    [Theory]
    [MemberData(nameof(StoreKinds.Databases), MemberType = typeof(StoreKinds))]
    public async Task A_NUL_is_a_mistake_of_who_sends_it(StoreKind kind)
    {
        var server = await servers.OfAsync(kind);
        var visitor = await servers.VisitorAsync(kind, "octo", Role.Operator);
        using var stranger = Visitor.Stranger(server);
        foreach (var answer in new[]
        {
            await server.GetAsync("api/v1/policy?name=%00", await server.KeyAsync("octo")),
            await visitor.SendAsync("/policies/edit?owner=octo&name=%00"),
            await visitor.SendAsync("/runs?q=%00&owner=%00"),
            await stranger.PostAsync("/sign-in", "/sign-in/password", ("name", "\0"), ("password", "wrong horse battery")),
        })
        {
            Assert.InRange((int)answer.StatusCode, 200, 499);
            answer.Dispose();
        }
    }

    [Theory]
    [MemberData(nameof(StoreKinds.Databases), MemberType = typeof(StoreKinds))]
    public async Task What_a_job_says_of_itself_is_text_and_nothing_else(StoreKind kind)
    {
        await using var server = await TestServer.StartAsync(kind, cluster);
        var registration = TestRecording.Job($"octo/{Hostile.Replace("/", "|", StringComparison.Ordinal)}", Hostile, Hostile) with
        {
            Workflow = Hostile, JobName = Hostile, Ref = Hostile, Actor = Hostile, EventName = Hostile, Runner = Hostile,
            RunnerEnvironment = Hostile, AgentVersion = Hostile, PolicyVersion = Hostile, Sha = Hostile,
        };
        var job = await server.UploadAsync(
            await server.KeyAsync("octo"), registration, TestRecording.Read(TestRecording.Corpus("hostile-text")));
        using var visitor = await Visitor.AdministratorAsync(server);
        foreach (var path in (await SitePages.ListsAsync(server)).Concat([.. Searches, $"/jobs/{job.JobKey}", "/search?q=" + Uri.EscapeDataString(Hostile)]))
        {
            var page = await visitor.PageAsync(path);
            Assert.DoesNotContain("<script>", page, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("<img src=x", page, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("\u202e", page, StringComparison.Ordinal);
        }

        Assert.Contains("&lt;script&gt;", await visitor.PageAsync("/runs"), StringComparison.Ordinal);
        Assert.Contains("&lt;script&gt;", await visitor.PageAsync($"/jobs/{job.JobKey}"), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(StoreKinds.Databases), MemberType = typeof(StoreKinds))]
    public async Task What_belongs_to_another_organisation_is_not_there(StoreKind kind)
    {
        await using var server = await TestServer.StartAsync(kind, cluster);
        var job = await server.UploadAsync(
            await server.KeyAsync("octo"), TestRecording.Job(), TestRecording.Read(TestRecording.Corpus("name-mismatch")));
        using var owner = await Visitor.WithRoleAsync(server, "octo", Role.Viewer);
        using var other = await Visitor.WithRoleAsync(server, "other", Role.Administrator);
        foreach (var path in new[] { "", "/state", "/report.json", "/report.md", "/recording.ndjson.zst" })
        {
            using var seen = await owner.SendAsync($"/jobs/{job.JobKey}{path}");
            Assert.Equal(HttpStatusCode.OK, seen.StatusCode);
            using var unseen = await other.SendAsync($"/jobs/{job.JobKey}{path}");
            Assert.Equal(HttpStatusCode.NotFound, unseen.StatusCode);
        }

        foreach (var path in (await SitePages.ListsAsync(server)).Concat(Searches))
        {
            Assert.DoesNotContain("octo", await other.PageAsync(path), StringComparison.Ordinal);
        }

        // To them the server has no job yet.
        Assert.Contains("waiting for the first job", await other.PageAsync("/"), StringComparison.Ordinal);
        Assert.Contains("octo/site", await owner.PageAsync("/runs"), StringComparison.Ordinal);
        Assert.Contains("id=\"report\"", await owner.PageAsync($"/jobs/{job.JobKey}"), StringComparison.Ordinal);
        foreach (var page in new[] { "keys", "members" })
        {
            using var keys = await other.SendAsync($"/settings/{page}?owner=octo");
            Assert.Equal(HttpStatusCode.Forbidden, keys.StatusCode);
            using var own = await owner.SendAsync($"/settings/{page}?owner=octo");
            Assert.Equal(HttpStatusCode.Forbidden, own.StatusCode);
        }
    }

    [Fact]
    public async Task Assets_are_kept_by_the_browser_as_long_as_their_address_names_their_version()
    {
        using var stranger = Visitor.Stranger(await servers.OfAsync(StoreKind.Sqlite));
        var page = await stranger.PageAsync("/sign-in");
        var path = page[page.IndexOf("/assets/site.css", StringComparison.Ordinal)..].Split('"')[0];
        using var first = await stranger.SendAsync(path);
        Assert.Contains("immutable", first.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
        Assert.Equal("text/css", first.Content.Headers.ContentType!.MediaType);
        using var again = new HttpRequestMessage(HttpMethod.Get, new Uri("/assets/site.css", UriKind.Relative));
        again.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        using var unchanged = await stranger.SendAsync(again);
        Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);
        Assert.DoesNotContain("immutable", unchanged.Headers.CacheControl?.ToString() ?? "", StringComparison.Ordinal);
        using var missing = await stranger.SendAsync("/assets/../appsettings.json");
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
    }

    [Fact]
    public async Task A_password_is_set_signs_in_and_attempts_are_limited()
    {
        await using var server = await TestServer.StartAsync(StoreKind.Sqlite, cluster);
        using var visitor = await Visitor.AdministratorAsync(server);
        const string Password = "correct horse battery";
        using var wrong = await visitor.PostAsync("/settings", "/settings?handler=Password", ("password", "short"), ("again", "short"));
        Assert.Contains("15 to 256", await wrong.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        using var set = await visitor.PostAsync("/settings", "/settings?handler=Password", ("password", Password), ("again", Password));
        Assert.Contains("Other sessions", await set.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        await visitor.PageAsync("/runs");

        using var other = Visitor.Stranger(server);
        using var signedIn = await other.PostAsync(
            "/sign-in", "/sign-in/password", ("name", "administrator"), ("password", Password), ("to", "//elsewhere.example"));
        Assert.Equal("/", signedIn.Headers.Location!.ToString());
        await other.PageAsync("/runs");
        using var left = await other.PostAsync("/settings", "/sign-out");
        using var after = await other.SendAsync("/runs");
        Assert.Equal(HttpStatusCode.Found, after.StatusCode);

        var statuses = new List<HttpStatusCode>();
        for (var i = 0; i < 12; i++)
        {
            using var attempt = await other.PostAsync("/sign-in", "/sign-in/password", ("name", "administrator"), ("password", "wrong horse battery"));
            statuses.Add(attempt.StatusCode);
        }

        Assert.Equal(HttpStatusCode.TooManyRequests, statuses[^1]);
        using var guessed = await other.SendAsync("/sign-in/link/a-guess");
        Assert.Equal(HttpStatusCode.TooManyRequests, guessed.StatusCode);
    }

    /// <summary>As somebody copies them.</summary>
    [Fact]
    public async Task The_lines_of_the_first_page_are_what_the_Action_and_the_agent_read()
    {
        await using var server = await TestServer.StartAsync(StoreKind.Sqlite, cluster, new() { ["publicUrl"] = "http://localhost:8710" });
        using var visitor = await Visitor.AdministratorAsync(server);
        var blocks = Block().Matches(await visitor.PageAsync("/")).Select(match => WebUtility.HtmlDecode(match.Groups["text"].Value)).ToList();
        Assert.Equal(2, blocks.Count);

        var known = Input().Matches(await File.ReadAllTextAsync(Path.Combine(TestRecording.Root, "action.yml"), TestContext.Current.CancellationToken));
        var with = Given().Matches(blocks[0]).ToDictionary(match => match.Groups["name"].Value, match => match.Groups["value"].Value);
        Assert.Equal(["api-key", "server-url"], with.Keys.Order());
        Assert.Empty(with.Keys.Except(known.Select(match => match.Groups["name"].Value)));
        Assert.Equal("http://localhost:8710", with["server-url"]);
        Assert.Equal("${{ secrets.SALLYPORT_API_KEY }}", with["api-key"]);

        var read = MachineSettingsReader.Read("agent.yml", System.Text.Encoding.UTF8.GetBytes(blocks[1]));
        Assert.True(read.Settings is not null, read.ToString());
        Assert.Equal(
            (new Uri("http://localhost:8710"), "/etc/sallyport/api.key"), (read.Settings.Server, read.Settings.ServerKeyFile));
    }

    [Theory]
    [MemberData(nameof(StoreKinds.Databases), MemberType = typeof(StoreKinds))]
    public async Task Keys_are_made_used_and_revoked_and_members_invited_with_an_audit(StoreKind kind)
    {
        await using var server = await TestServer.StartAsync(kind, cluster);
        using var visitor = await Visitor.AdministratorAsync(server);
        using var made = await visitor.PostAsync("/", "/?handler=Key", ("owner", "Octo"));
        var page = await made.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Contains("keyFile: /etc/sallyport/api.key", page, StringComparison.Ordinal);
        var start = page.IndexOf("spk_", StringComparison.Ordinal);
        var key = page[start..page.IndexOf('<', start)];
        await server.RegisteredAsync(key, TestRecording.Job());
        var keys = await visitor.PageAsync("/settings/keys?owner=octo");
        Assert.DoesNotContain(key, keys, StringComparison.Ordinal);
        var id = key.Split('_')[1];
        using var revoked = await visitor.PostAsync("/settings/keys?owner=octo", "/settings/keys?handler=Revoke", ("owner", "octo"), ("id", id));
        Assert.Equal(HttpStatusCode.Found, revoked.StatusCode);
        using var refused = await server.RegisterAsync(key, TestRecording.Job(runId: "2"));
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);

        using var invited = await visitor.PostAsync(
            "/settings/members?owner=octo", "/settings/members?handler=Invite", ("owner", "octo"), ("name", "mona"), ("role", "Operator"));
        Assert.Contains("/sign-in/link/", await invited.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        var audit = await visitor.PageAsync("/settings/audit");
        foreach (var action in new[] { "api-key.created", "api-key.revoked", "member.invited", "account.signed-in" })
        {
            Assert.Contains(action, audit, StringComparison.Ordinal);
        }
    }

    [GeneratedRegex("<pre>(?<text>.*?)</pre>", RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex("^  (?<name>[a-z-]+):", RegexOptions.Multiline)]
    private static partial Regex Input();

    [GeneratedRegex("^    (?<name>[a-z-]+): (?<value>.*)$", RegexOptions.Multiline)]
    private static partial Regex Given();
}
