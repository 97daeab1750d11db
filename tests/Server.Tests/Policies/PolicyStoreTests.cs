using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Sallyport.Policy.Reading;
using Sallyport.Protocol.Ingest;
using Sallyport.Server.Access;
using Sallyport.Server.Policies;
using Sallyport.Server.Recordings;
using Sallyport.Server.Store;
using Sallyport.Server.Tests.Ui;

namespace Sallyport.Server.Tests.Policies;

public sealed class PolicyStoreTests(PostgresCluster cluster)
{
    private const string Strict = "version: 1\nmode: block\nallow: []\n";
    private const string Wide = "version: 1\nmode: block\nallow:\n  - github.com:443\n  - registry.npmjs.org:443\n";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(StoreKinds.Databases), MemberType = typeof(StoreKinds))]
    public async Task Versions_are_kept_and_the_same_text_is_no_new_one(StoreKind kind)
    {
        await using var server = await TestServer.StartAsync(kind, cluster);
        var store = server.Services.GetRequiredService<PolicyStore>();
        Assert.Empty(await store.SaveAsync("octo", "base", Strict, "first", Actor.Console, Cancellation));
        Assert.Empty(await store.SaveAsync("octo", "base", Strict.Replace("\n", "\r\n", StringComparison.Ordinal), null, Actor.Console, Cancellation));
        Assert.Empty(await store.SaveAsync("octo", "base", Wide, "npm", Actor.Console, Cancellation));
        var versions = await store.VersionsAsync("octo", "base", Cancellation);
        Assert.Equal([(2, "npm"), (1, "first")], versions.Select(version => (version.Number, version.Comment)));
        Assert.Equal(Wide, (await store.FindAsync("octo", "base", null, Cancellation))!.Text);
        Assert.Equal(Strict, (await store.FindAsync("octo", "base", 1, Cancellation))!.Text);
    }

    [Theory]
    [MemberData(nameof(StoreKinds.Databases), MemberType = typeof(StoreKinds))]
    public async Task What_somebody_says_of_a_version_is_cleaned_and_cut(StoreKind kind)
    {
        await using var server = await TestServer.StartAsync(kind, cluster);
        var store = server.Services.GetRequiredService<PolicyStore>();
        Assert.Empty(await store.SaveAsync("octo", "base", Strict, "fi\0rst", Actor.Console, Cancellation));
        Assert.Empty(await store.SaveAsync("octo", "base", Wide, new string('x', 499) + "\ud83d\ude00 and more", Actor.Console, Cancellation));
        Assert.Empty(await store.SaveAsync("octo", "base", Strict, "", Actor.Console, Cancellation));
        Assert.Equal(
            [null, new string('x', 499), "first"], (await store.VersionsAsync("octo", "base", Cancellation)).Select(version => version.Comment));
    }

    [Theory]
    [MemberData(nameof(StoreKinds.Databases), MemberType = typeof(StoreKinds))]
    public async Task A_policy_with_mistakes_is_not_saved_and_all_are_told(StoreKind kind)
    {
        await using var server = await TestServer.StartAsync(kind, cluster);
        var store = server.Services.GetRequiredService<PolicyStore>();
        var mistakes = await store.SaveAsync("octo", "base", "version: 1\nmode: blok\nallow:\n  - '*'\n", null, Actor.Console, Cancellation);
        Assert.Equal(2, mistakes.Count);
        Assert.Contains("blok", mistakes[0], StringComparison.Ordinal);
        Assert.Empty(await store.ListAsync("octo", Cancellation));
        Assert.NotEmpty(await store.SaveAsync("octo", "../x", Strict, null, Actor.Console, Cancellation));
    }

    [Theory]
    [MemberData(nameof(StoreKinds.Databases), MemberType = typeof(StoreKinds))]
    public async Task The_most_specific_holds_and_floors_above_hold_with_it(StoreKind kind)
    {
        await using var server = await TestServer.StartAsync(kind, cluster);
        var store = server.Services.GetRequiredService<PolicyStore>();
        foreach (var name in new[] { "organisation", "repository", "workflow", "job", "floor" })
        {
            await store.SaveAsync("octo", name, Wide + $"# {name}\n", null, Actor.Console, Cancellation);
        }

        await AttachAsync(store, "organisation");
        await AttachAsync(store, "repository", "site");
        await AttachAsync(store, "job", "site", "CI", "publish");
        await AttachAsync(store, "workflow", "site", "Nightly");
        await AttachAsync(store, "floor", floor: true);
        await AttachAsync(store, "floor", "other", floor: true);
        async Task<string> Holds(string repository, string job, string workflow = "CI")
        {
            var answer = await store.ResolveAsync("octo", repository, workflow, job, null, Cancellation);
            return $"{answer.Policy?.Name} {string.Join(',', answer.Floors.Select(floor => floor.Name))}";
        }

        Assert.Equal("job floor", await Holds("Site", "publish"));
        Assert.Equal("repository floor", await Holds("site", "build"));
        Assert.Equal("workflow floor", await Holds("site", "publish", "nightly"));
        Assert.Equal("organisation floor,floor", await Holds("other", "build"));
        Assert.NotNull(await store.AttachAsync(Place("job", "", "CI", "", false), Actor.Console, Cancellation));
        Assert.NotNull(await store.AttachAsync(Place("none", "", "", "", false), Actor.Console, Cancellation));
    }

    [Fact]
    public async Task Nothing_attached_an_empty_list_and_no_such_policy_are_three_things()
    {
        await using var server = await TestServer.StartAsync(StoreKind.Sqlite, cluster);
        var store = server.Services.GetRequiredService<PolicyStore>();
        var key = await server.KeyAsync("octo");
        var none = await GetAsync(server, key, "repository=octo/site");
        Assert.Equal(HttpStatusCode.OK, none.Status);
        Assert.Null(none.Answer!.Policy);
        await store.SaveAsync("octo", "strict", Strict, null, Actor.Console, Cancellation);
        Assert.Null((await GetAsync(server, key, "repository=octo/site")).Answer!.Policy);
        await AttachAsync(store, "strict");
        var denies = await GetAsync(server, key, "repository=octo/site");
        Assert.Equal(Strict, denies.Answer!.Policy!.Text);
        Assert.Empty(PolicyReader.Read(PolicySource.File("strict", Encoding.UTF8.GetBytes(Strict))).Document!.Allow);
        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync(server, key, "repository=octo/site&name=other")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await GetAsync(server, key, "repository=acme/site")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await GetAsync(server, "spk_no_no", "repository=octo/site")).Status);
    }

    /// <summary><c>policy: NAME</c>: also one that is attached nowhere, and beside another that is; floors hold with it all the same.</summary>
    [Theory]
    [MemberData(nameof(StoreKinds.Databases), MemberType = typeof(StoreKinds))]
    public async Task A_policy_is_fetched_by_its_name(StoreKind kind)
    {
        await using var server = await TestServer.StartAsync(kind, cluster);
        var store = server.Services.GetRequiredService<PolicyStore>();
        var key = await server.KeyAsync("octo");
        async Task<string> NamedAsync(string name)
        {
            var (status, answer) = await GetAsync(server, key, $"repository=octo/site&workflow=CI&job=build&name={name}");
            Assert.Equal(HttpStatusCode.OK, status);
            return $"{answer!.Policy} {string.Join(',', answer.Floors.Select(floor => floor.Name))}";
        }

        await store.SaveAsync("octo", "strict", Wide, null, Actor.Console, Cancellation);
        await store.SaveAsync("octo", "strict", Strict, null, Actor.Console, Cancellation);
        await store.SaveAsync("octo", "wide", Wide, null, Actor.Console, Cancellation);
        await store.SaveAsync("other", "theirs", Wide, null, Actor.Console, Cancellation);
        var strict = $"{new StoredPolicy("strict", 2, Strict)}";
        Assert.Equal($"{strict} ", await NamedAsync("strict"));
        await AttachAsync(store, "wide", "site", "CI", "build");
        await AttachAsync(store, "wide", floor: true);
        Assert.Equal($"{strict} wide", await NamedAsync("strict"));
        Assert.Equal($"{new StoredPolicy("wide", 1, Wide)} wide", await NamedAsync("wide"));
        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync(server, key, "repository=octo/site&name=theirs")).Status);
    }

    [Theory]
    [MemberData(nameof(StoreKinds.Databases), MemberType = typeof(StoreKinds))]
    public async Task A_page_says_who_saved_which_version_and_what_it_changed(StoreKind kind)
    {
        await using var server = await TestServer.StartAsync(kind, cluster);
        using var first = await Visitor.WithRoleAsync(server, "octo", Role.Operator);
        using var second = await Visitor.WithRoleAsync(server, "octo", Role.Administrator);
        const string Edit = "/policies/edit?owner=octo&name=base";
        foreach (var (visitor, text, why) in new[] { (first, Strict, "to begin with"), (second, Wide, "npm") })
        {
            using var saved = await visitor.PostAsync(
                Edit, "/policies/edit?handler=Save", ("owner", "octo"), ("name", "base"), ("text", text), ("comment", why));
            Assert.Equal(HttpStatusCode.Found, saved.StatusCode);
        }

        var rows = Regex.Matches(await first.PageAsync(Edit), "<tr><th scope=\"row\">.*?</tr>", RegexOptions.Singleline)
            .Select(row => WebUtility.HtmlDecode(Regex.Replace(Regex.Replace(row.Value, "<[^>]*>", " "), @"\s+", " ")).Trim()).ToList();
        Assert.Equal(2, rows.Count);
        Assert.Matches("^2 .* by Administrator of octo npm .*github.com:443.*registry.npmjs.org:443", rows[0]);
        Assert.Contains("+", rows[0], StringComparison.Ordinal);
        Assert.Matches("^1 .* by Operator of octo to begin with$", rows[1]);
        // The text of a version is there by its number.
        Assert.Contains("allow: []", await first.PageAsync(Edit + "&version=1"), StringComparison.Ordinal);
        Assert.DoesNotContain("registry.npmjs.org:443</textarea>", await first.PageAsync(Edit + "&version=1"), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(StoreKinds.Databases), MemberType = typeof(StoreKinds))]
    public async Task A_form_attaches_at_each_level_with_or_without_a_floor_and_takes_it_away(StoreKind kind)
    {
        await using var server = await TestServer.StartAsync(kind, cluster);
        var store = server.Services.GetRequiredService<PolicyStore>();
        await store.SaveAsync("octo", "base", Strict, null, Actor.Console, Cancellation);
        using var visitor = await Visitor.WithRoleAsync(server, "octo", Role.Operator);
        (string Repository, string Workflow, string Job, string Floor)[] places =
            [("", "", "", "true"), ("site", "", "", "false"), ("site", "CI", "", "true"), ("site", "CI", "build", "false")];
        foreach (var (repository, workflow, job, floor) in places)
        {
            // A box that is not ticked is not sent.
            (string, string)[] box = floor == "true" ? [("floor", floor)] : [];
            using var attached = await visitor.PostAsync(
                "/policies?owner=octo", "/policies?handler=Attach",
                [("owner", "octo"), ("policy", "base"), ("repository", $" {repository} "), ("workflow", workflow), ("job", job), .. box]);
            Assert.Equal(HttpStatusCode.Found, attached.StatusCode);
        }

        Assert.Equal(
            ["octo (floor)", "octo › site", "octo › site › CI (floor)", "octo › site › CI › build"],
            (await store.BindingsAsync("octo", Cancellation)).Select(place => place.Scope + (place.IsFloor == 1 ? " (floor)" : "")));
        var page = await visitor.PageAsync("/policies?owner=octo");
        var forms = PageForm.Of("/policies", page).Where(form => form.Handler == "/policies Detach").ToList();
        Assert.Equal(places.Length, forms.Count);
        Assert.Contains("octo › site › CI</span> (floor)", WebUtility.HtmlDecode(page), StringComparison.Ordinal);
        using var without = await visitor.PostAsync("/policies?owner=octo", "/policies?handler=Attach", ("owner", "octo"), ("policy", "base"), ("workflow", "CI"));
        Assert.Contains("a workflow of a repository", await without.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
        foreach (var (form, left) in forms.Select((form, i) => (form, places.Length - i - 1)))
        {
            using var detached = await visitor.PostAsync("/policies?owner=octo", form.Action, form.Fields);
            Assert.Equal(left, (await store.BindingsAsync("octo", Cancellation)).Count);
        }
    }

    [Theory]
    [MemberData(nameof(StoreKinds.Databases), MemberType = typeof(StoreKinds))]
    public async Task The_preview_is_of_the_jobs_that_the_policy_holds_for_within_the_floors_above(StoreKind kind)
    {
        await using var server = await TestServer.StartAsync(kind, cluster);
        var key = await server.KeyAsync("octo");
        var segments = TestRecording.Of(new MadeJob(new string('a', 64), "files.example.com", "198.51.100.7", "/work/x").Events());
        foreach (var (repository, job) in new[] { ("octo/site", "build"), ("octo/site", "lint"), ("octo/library", "build") })
        {
            await server.UploadAsync(key, TestRecording.Job(repository, job + repository, job), segments);
        }

        var store = server.Services.GetRequiredService<PolicyStore>();
        const string Open = "version: 1\nmode: block\nallow:\n  - files.example.com:443\n";
        foreach (var (name, text) in new[] { ("open", Open), ("other", Open), ("floor", "version: 1\nmode: block\nallow:\n  - github.com:443\n") })
        {
            await store.SaveAsync("octo", name, text, null, Actor.Console, Cancellation);
        }

        using var visitor = await Visitor.WithRoleAsync(server, "octo", Role.Viewer);
        async Task<string[]> Preview(string name, string text)
        {
            using var shown = await visitor.PostAsync(
                $"/policies/edit?owner=octo&name={name}", "/policies/edit?handler=Preview", ("owner", "octo"), ("name", name), ("text", text));
            var page = WebUtility.HtmlDecode(await shown.Content.ReadAsStringAsync(Cancellation));
            page = page[page.IndexOf("<h2 id=\"preview\">", StringComparison.Ordinal)..page.IndexOf("<h2>Versions", StringComparison.Ordinal)];
            return [.. Regex.Matches(page, "<h2.*?</h2>|<tr><th scope=\"row\">.*?</tr>", RegexOptions.Singleline)
                .Select(row => Regex.Replace(Regex.Replace(row.Value, "<time.*?</time>|<[^>]*>", " "), @"\s+", " ").Trim())];
        }

        // Attached nowhere: all jobs of the organisation. Questions are judged as destinations are.
        const string Refused = " ✗ tcp://files.example.com:443 ✗ dns://files.example.com";
        Assert.Equal(
            ["The last 3 runs it applies to, 3 jobs: 3 would have been refused something", "library › build" + Refused, "site › lint" + Refused, "site › build" + Refused],
            await Preview("open", Strict));
        Assert.Equal(
            ["The last 3 runs it applies to, 3 jobs: 0 would have been refused something", "library › build nothing", "site › lint nothing", "site › build nothing"],
            await Preview("open", Open));
        Assert.Equal("The last 3 runs it applies to, 3 jobs: 3 did what audit only tells and block refuses", (await Preview("open", Strict.Replace("block", "audit", StringComparison.Ordinal)))[0]);

        // Attached: where it is the most specific; and where it is a floor, with what holds below.
        await AttachAsync(store, "open", "site");
        await AttachAsync(store, "other", "site", "CI", "lint");
        Assert.Equal(["The last 1 run it applies to, 1 job: 1 would have been refused something", "site › build" + Refused], await Preview("open", Strict));
        Assert.Equal(["The last 1 run it applies to, 1 job: 0 would have been refused something", "site › lint nothing"], await Preview("other", Open));
        await AttachAsync(store, "floor", "site", floor: true);
        Assert.Equal(["The last 1 run it applies to, 1 job: 1 would have been refused something", "site › build" + Refused], await Preview("open", Open));
        Assert.Equal(
            ["The last 2 runs it applies to, 2 jobs: 0 would have been refused something", "site › lint nothing", "site › build nothing"], await Preview("floor", Open));
        Assert.Equal(3, (await Preview("floor", Strict.Replace("allow: []", "allow: [github.com:443]", StringComparison.Ordinal))).Length);

        // However many jobs of others came since.
        var later = TimeProvider.System.GetUtcNow().AddMinutes(1).ToUnixTimeMilliseconds();
        await server.Services.GetRequiredService<Database>().ExecuteAsync(
            """
            WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < 6000)
            INSERT INTO job (id, identity, owner, repository, workflow, name, display_name, run_id, run_attempt, runner, credential, state,
                registered_ms, last_heard_ms, segments, bytes, events, chain, recorded)
            SELECT 'f' || n, 'f' || n, 'octo', 'busy', 'CI', 'build', 'build', '1', 1, '', '', 'ended', @later + n % 3000, 1, 1, 1, 1, 'intact', 'joined' FROM number
            """,
            new { later },
            Cancellation);
        Assert.Equal(["The last 1 run it applies to, 1 job: 1 would have been refused something", "site › build" + Refused], await Preview("open", Strict));
        Assert.Equal(3, (await Preview("floor", Open)).Length);
        // To look for longer than there is time for is told, with the moment.
        var slow = await ActivatorUtilities.CreateInstance<PolicyPreview>(server.Services, new LongTime()).RunAsync(
            "octo", "open", PolicyReader.Read(PolicySource.File("open", Encoding.UTF8.GetBytes(Open))).Document!, Cancellation);
        Assert.Empty(slow.Rows);
        Assert.InRange(slow.UntilMs!.Value, later + 2_700, later + 2_999);
    }

    [Theory]
    [MemberData(nameof(StoreKinds.Databases), MemberType = typeof(StoreKinds))]
    public async Task The_preview_says_what_a_policy_would_have_refused(StoreKind kind)
    {
        await using var server = await TestServer.StartAsync(kind, cluster);
        await server.UploadAsync(await server.KeyAsync("octo"), TestRecording.Job(), TestRecording.Read(TestRecording.Corpus("audit-many")));
        var preview = server.Services.GetRequiredService<PolicyPreview>();
        async Task<int> Refused(string text) => Assert.Single((await preview.RunAsync(
            "octo", "p", PolicyReader.Read(PolicySource.File("p", Encoding.UTF8.GetBytes(text))).Document!, Cancellation)).Rows).Refused.Length;
        var all = await Refused(Strict);
        Assert.True(all > 50, $"{all}");
        Assert.InRange(await Refused("version: 1\nmode: block\nallow:\n  - '*.zone0.example.com:443'\n"), 1, all - 1);

        // What is unwise in it is said beside, and hinders nothing.
        using var visitor = await Visitor.WithRoleAsync(server, "octo", Role.Operator);
        foreach (var (text, isUnwise) in new[] { (Wide, false), ("version: 1\nmode: block\nallow:\n  - '*.com:443'\n", true) })
        {
            using var saved = await visitor.PostAsync(
                "/policies/edit?owner=octo&name=wide", "/policies/edit?handler=Save", ("owner", "octo"), ("name", "wide"), ("text", text));
            Assert.Equal(HttpStatusCode.Found, saved.StatusCode);
            using var shown = await visitor.PostAsync(
                "/policies/edit?owner=octo&name=wide", "/policies/edit?handler=Preview", ("owner", "octo"), ("name", "wide"), ("text", text));
            foreach (var page in new[] { await visitor.PageAsync("/policies/edit?owner=octo&name=wide"), await shown.Content.ReadAsStringAsync(Cancellation) })
            {
                Assert.Equal(isUnwise, page.Contains("Worth a look:", StringComparison.Ordinal));
                Assert.Equal(isUnwise, Regex.IsMatch(page, @"<li>[^<]*(<[^>]*>)?[^<]*\*\.com"));
            }
        }
    }

    /// <summary>More runs, jobs and policies than there may be; the jobs are one, told under many ids.</summary>
    [Theory]
    [InlineData(StoreKind.Sqlite, 2)]
    [InlineData(StoreKind.PostgreSql, 2)]
    [InlineData(StoreKind.Sqlite, 7)]
    public async Task A_preview_is_of_fifty_runs_and_an_organisation_has_a_thousand_policies(StoreKind kind, int jobsOfRun)
    {
        await using var server = await TestServer.StartAsync(kind, cluster);
        var job = await server.UploadAsync(
            await server.KeyAsync("octo"), TestRecording.Job(),
            TestRecording.Of(new MadeJob(new string('a', 64), "files.example.com", "198.51.100.7", "/work/x").Events(), 100));
        var row = (await server.RowAsync(job.JobKey))!;
        var (database, recordings) = (server.Services.GetRequiredService<Database>(), server.Services.GetRequiredService<IRecordingStore>());
        using var report = new MemoryStream();
        await using (var kept = await recordings.OpenAsync(row.ReportName, Cancellation))
        {
            await kept!.CopyToAsync(report, Cancellation);
        }

        // All of them later than the job that they are. A matrix's jobs begin one after the other, and the last when the next run has begun.
        int RunOf(int number) => (number / jobsOfRun) + (number % jobsOfRun == 0 && number > 0 ? -1 : number % jobsOfRun == jobsOfRun - 1 ? 1 : 0);
        var made = Enumerable.Range(0, (PolicyPreview.Runs + 1) * jobsOfRun)
            .Select(number => (Id: $"{number + 0x4000:x4}{job.JobKey[4..]}", Run: $"{Math.Min(PolicyPreview.Runs, RunOf(number))}")).ToList();
        foreach (var (id, _) in made)
        {
            await recordings.PutAsync((row with { Id = id, Fold = null }).ReportName, report.ToArray(), Cancellation);
        }

        await database.WriteAsync(
            async write =>
            {
                foreach (var (id, run) in made)
                {
                    await write.ExecuteAsync(
                        """
                        INSERT INTO job (id, identity, owner, repository, workflow, name, display_name, run_id, run_attempt, runner, credential, state,
                            registered_ms, last_heard_ms, segments, bytes, events, chain, recorded)
                        SELECT @id, @id, owner, repository, workflow, name, display_name, @run, run_attempt, runner, credential, state,
                            registered_ms, last_heard_ms, segments, bytes, events, chain, recorded FROM job WHERE id = @JobKey
                        """,
                        new { id, run, job.JobKey });
                }

                for (var number = 0; number < PolicyStore.MaximumPolicies - 1; number++)
                {
                    await write.ExecuteAsync(
                        "INSERT INTO policy (id, owner, name, is_floor, created_ms) VALUES (@id, 'octo', @id, 0, 1)", new { id = $"{number}" });
                }

                return 0;
            },
            Cancellation);
        var shown = await server.Services.GetRequiredService<PolicyPreview>().RunAsync(
            "octo", "p", PolicyReader.Read(PolicySource.File("p", Encoding.UTF8.GetBytes(Strict))).Document!, Cancellation);
        var latest = made.OrderByDescending(one => one.Id, StringComparer.Ordinal).Where(one => one.Run != "0").Take(PolicyPreview.MaximumJobs).ToList();
        Assert.Equal(latest.Select(one => one.Id), shown.Rows.Select(one => one.Job.Id));
        Assert.Equal((latest.DistinctBy(one => one.Run).Count(), latest.Count == PolicyPreview.MaximumJobs), (shown.Runs, shown.IsCut));
        Assert.Equal(shown.IsCut, shown.UntilMs is not null);
        Assert.All(shown.Rows, one => Assert.NotEmpty(one.Refused));

        var store = server.Services.GetRequiredService<PolicyStore>();
        Assert.Empty(await store.SaveAsync("octo", "last", Strict, null, Actor.Console, Cancellation));
        Assert.Equal(
            "an organisation has at most 1000 policies", Assert.Single(await store.SaveAsync("octo", "beyond", Strict, null, Actor.Console, Cancellation)));
        // One that is there goes on.
        Assert.Empty(await store.SaveAsync("octo", "last", Wide, null, Actor.Console, Cancellation));
    }

    private static BindingRow Place(string policy, string repository, string workflow, string job, bool floor) => new()
    {
        Owner = "octo",
        Policy = policy,
        Repository = repository,
        Workflow = workflow,
        JobName = job,
        IsFloor = floor ? 1 : 0,
    };

    private static async Task AttachAsync(
        PolicyStore store, string policy, string repository = "", string workflow = "", string job = "", bool floor = false) =>
        Assert.Null(await store.AttachAsync(Place(policy, repository, workflow, job, floor), Actor.Console, Cancellation));

    private static async Task<(HttpStatusCode Status, PolicyAnswer? Answer)> GetAsync(TestServer server, string key, string query)
    {
        using var response = await server.GetAsync($"api/v1/policy?{query}", key);
        return (response.StatusCode, response.IsSuccessStatusCode
            ? await response.Content.ReadFromJsonAsync(IngestJson.Default.PolicyAnswer, Cancellation)
            : null);
    }

    /// <summary>A clock by which whatever is timed takes ten seconds.</summary>
    private sealed class LongTime : TimeProvider
    {
        private long timestamp;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Interlocked.Add(ref timestamp, 10 * TimeSpan.TicksPerSecond);
    }
}
