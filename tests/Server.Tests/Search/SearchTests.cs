using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using Sallyport.Reporting;
using Sallyport.Server.Access;
using Sallyport.Server.Insights;
using Sallyport.Server.Search;
using Sallyport.Server.Store;
using Sallyport.Server.Tests.Ui;

namespace Sallyport.Server.Tests.Search;

public sealed class SearchTests(PostgresCluster cluster, ObjectStore objects, SharedServers servers) : IClassFixture<SharedServers>
{
    private static readonly MadeJob Mine = new(new string('a', 64), "files.example.com", "198.51.100.7", "/work/site/index.html");
    /// <summary>After its end a job is found within.</summary>
    private static readonly TimeSpan Searchable = TimeSpan.FromSeconds(30);

    private static readonly MadeJob Others = Mine with { Exe = "/usr/bin/wget" };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(StoreKinds.All), MemberType = typeof(StoreKinds))]
    public async Task A_job_is_found_by_what_it_did_and_only_by_who_may_see_it(StoreKind kind)
    {
        await using var server = await TestServer.StartAsync(kind, cluster, await objects.SettingsAsync(kind));
        var watch = Stopwatch.StartNew();
        var mine = await server.UploadAsync(await server.KeyAsync("octo"), TestRecording.Job(), TestRecording.Of(Mine.Events()));
        Assert.Single((await server.FoundAsync(await ReadKeyAsync(server, "octo"), $"what=hash&value={Mine.Sha256}")).Matches);
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, Searchable);
        var others = await server.UploadAsync(await server.KeyAsync("acme"), TestRecording.Job("acme/site"), TestRecording.Of(Others.Events()));
        var (octo, acme) = (await ReadKeyAsync(server, "octo"), await ReadKeyAsync(server, "Acme"));
        foreach (var asked in new[]
        {
            $"what=hash&value={Mine.Sha256.ToUpperInvariant()}", "what=program&value=/usr/bin/curl", "what=program&value=curl",
            "what=destination&value=files.example.com", "what=destination&value=*.example.com", "what=destination&value=198.51.100.7",
            "what=name&value=Files.Example.com.", "what=path&value=/work/site/index.html", "what=path&value=/work/site/",
            "what=hash&value=" + Mine.Sha256 + "&days=1&owner=octo&repository=site",
        })
        {
            var found = await server.FoundAsync(octo, asked);
            Assert.True(found.Matches.Length == 1 && found.Matches[0].Job == mine.JobKey, asked);
            var match = found.Matches[0];
            Assert.Equal(("octo", "site", "build", "Build the site", "/usr/bin/curl"), (match.Owner, match.Repository, match.JobName, match.Step, match.Program));
            Assert.Equal(asked.Contains("destination", StringComparison.Ordinal), match.Refused);
        }

        var connection = (await server.FoundAsync(octo, "what=destination&value=198.51.100.7")).Matches[0];
        Assert.Equal((3, Mine.Host, 1_000L), (connection.Matches, connection.Target, connection.FirstMs % 86_400_000 % 60_000));
        foreach (var asked in new[]
        {
            "what=program&value=wget", "what=hash&value=" + new string('b', 64), "what=destination&value=example.com",
            "what=destination&value=198.51.100.", "what=path&value=/work/sit", "what=program&value=url",
            "what=hash&value=" + Mine.Sha256 + "&owner=acme", "what=hash&value=" + Mine.Sha256 + "&repository=*",
            "what=path&value=' OR 1=1 --", "what=path&value=$value", "what=program&value=%25",
        })
        {
            Assert.True((await server.FoundAsync(octo, asked)).Matches.IsEmpty, asked);
        }

        Assert.Equal(others.JobKey, Assert.Single((await server.FoundAsync(acme, $"what=hash&value={Mine.Sha256}")).Matches).Job);
        var all = await server.Services.GetRequiredService<EventSearch>().FindAsync(
            new EventQuery(EventSubject.Hash, Mine.Sha256, 90), Everywhere, Cancellation);
        Assert.Equal([others.JobKey, mine.JobKey], all.Matches.Select(match => match.Job));
    }

    [Theory]
    [MemberData(nameof(StoreKinds.Databases), MemberType = typeof(StoreKinds))]
    public async Task A_job_that_is_folded_again_is_found_once(StoreKind kind)
    {
        await using var server = await TestServer.StartAsync(kind, cluster);
        var segments = TestRecording.Of(Mine.Events());
        var job = await server.RegisteredAsync(await server.KeyAsync("octo"), TestRecording.Job());
        async Task PutAsync(IEnumerable<TestSegment> some)
        {
            await server.PutAllAsync(job, some);
            using var end = await server.EndAsync(job, segments.Count);
            await server.WorkDoneAsync();
        }

        var key = await ReadKeyAsync(server, "octo");
        await PutAsync(segments.Take(2));
        Assert.Single((await server.FoundAsync(key, $"what=hash&value={Mine.Sha256}")).Matches);
        Assert.Empty((await server.FoundAsync(key, $"what=path&value={Mine.Path}")).Matches);
        await PutAsync(segments.Skip(2));
        Assert.Single((await server.FoundAsync(key, $"what=hash&value={Mine.Sha256}")).Matches);
        Assert.Equal(1, Assert.Single((await server.FoundAsync(key, $"what=path&value={Mine.Path}")).Matches).Matches);
        Assert.Empty(Directory.EnumerateFiles(server.Settings.WorkFolder));

        // Where the one that counts is not here yet, the first is the later: an earlier version's has no fold in its name.
        var row = (await server.RowAsync(job.JobKey))!;
        var file = Path.Combine(server.Settings.DataFolder, EventFiles.NameOf(row));
        File.Copy(file, Path.Combine(Path.GetDirectoryName(file)!, $"{job.JobKey}.parquet"));
        File.Copy(file, Path.Combine(Path.GetDirectoryName(file)!, $"{job.JobKey}-{new string('0', 32)}.parquet"));
        using var engine = EventSearch.Open(Path.Combine(server.Settings.DataFolder, EventFiles.Folder));
        using var command = engine.CreateCommand();
#pragma warning disable CA2100 // It is the search's.
        command.CommandText = EventSql.Of(
            new EventQuery(EventSubject.Hash, Mine.Sha256, 90), [$"{Path.GetDirectoryName(file)}/*.parquet"], 10, out var value);
#pragma warning restore CA2100
        command.Parameters.Add(new DuckDB.NET.Data.DuckDBParameter(EventSql.Value, value));
        using var reader = command.ExecuteReader();
        var order = new List<string>();
        while (reader.Read())
        {
            order.Add(Path.GetFileName(reader.GetString(9)));
        }

        Assert.Equal([EventFiles.FileOf(row), $"{job.JobKey}-{new string('0', 32)}.parquet", $"{job.JobKey}.parquet"], order);
    }

    [Fact]
    public async Task What_another_replica_has_folded_is_found_through_the_bucket()
    {
        var settings = await objects.SettingsAsync(StoreKind.PostgreSqlAndBucket);
        settings!["connectionStrings:store"] = await cluster.CreateDatabaseAsync();
        await using var first = await TestServer.StartAsync(StoreKind.PostgreSqlAndBucket, cluster, settings);
        var segments = TestRecording.Of(Mine.Events());
        var job = await first.RegisteredAsync(await first.KeyAsync("octo"), TestRecording.Job());
        // Its master key is the first's, as replicas share it.
        settings["masterKeyFile"] = first.Settings.MasterKeyFile;
        await using var second = await TestServer.StartAsync(StoreKind.PostgreSqlAndBucket, cluster, settings);
        var key = await ReadKeyAsync(second, "octo");
        await first.PutAllAsync(job, segments);
        var watch = Stopwatch.StartNew();
        using var end = await first.EndAsync(job, segments.Count);
        await Until.IsAsync(
            async () => (await second.FoundAsync(key, $"what=hash&value={Mine.Sha256}")).Matches is [{ } match] && match.Job == job.JobKey,
            "the job is found there too");
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, Searchable);
    }

    [Theory]
    [InlineData("")]
    [InlineData("what=hash")]
    [InlineData("what=hash&value=abc")]
    [InlineData("what=2&value=x")]
    [InlineData("what=sql&value=x")]
    [InlineData("what=path&value=x&days=0")]
    [InlineData("what=path&value=x&days=4000")]
    [InlineData("what=path&value=%00")]
    public async Task What_is_no_search_is_told_so(string asked)
    {
        var server = await servers.OfAsync(StoreKind.Sqlite);
        using var response = await server.GetAsync($"api/v1/search?{asked}", await ReadKeyAsync(server, "octo"));
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        using var nobody = await server.Client.GetAsync(new Uri($"api/v1/search?{asked}", UriKind.Relative), Cancellation);
        Assert.Equal(HttpStatusCode.Unauthorized, nobody.StatusCode);
    }

    [Fact]
    public async Task The_engine_of_the_search_reaches_nothing_but_the_files()
    {
        await using var server = await TestServer.StartAsync(StoreKind.Sqlite, cluster);
        await File.WriteAllTextAsync(Path.Combine(server.Settings.DataFolder, "outside.csv"), "a\n1\n", Cancellation);
        using var engine = EventSearch.Open(Path.Combine(server.Settings.DataFolder, "parquet"));
        foreach (var sql in new[]
        {
            $"SELECT * FROM read_csv('{server.Settings.DataFolder}/outside.csv')", "SELECT * FROM read_text('/etc/passwd')",
            $"SELECT * FROM read_text('{server.Settings.DataFolder}/parquet/../outside.csv')",
            "COPY (SELECT 1) TO '/tmp/sallyport-escaped.csv'", "ATTACH '/tmp/sallyport-escaped.db'", "INSTALL httpfs", "LOAD httpfs",
            "SET enable_external_access = true", "SET memory_limit = '100GB'", "SELECT * FROM read_parquet('http://127.0.0.1:9/x.parquet')",
        })
        {
            using var command = engine.CreateCommand();
#pragma warning disable CA2100 // It is this test's.
            command.CommandText = sql;
#pragma warning restore CA2100
            Assert.ThrowsAny<System.Data.Common.DbException>(() => command.ExecuteNonQuery());
        }
    }

    [Fact]
    public async Task A_file_that_cannot_be_read_is_not_told_as_a_limit_of_the_search()
    {
        await using var server = await TestServer.StartAsync(StoreKind.Sqlite, cluster);
        await server.UploadAsync(await server.KeyAsync("octo"), TestRecording.Job(), TestRecording.Of(Mine.Events()));
        var file = Assert.Single(Directory.GetFiles(Path.Combine(server.Settings.DataFolder, EventFiles.Folder), "*.parquet", SearchOption.AllDirectories));
        await File.WriteAllTextAsync(file, "no Parquet at all", Cancellation);
        await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => server.Services.GetRequiredService<EventSearch>().FindAsync(
            new EventQuery(EventSubject.Hash, Mine.Sha256, 90), Everywhere, Cancellation));
        using var response = await server.GetAsync($"api/v1/search?what=hash&value={Mine.Sha256}", await ReadKeyAsync(server, "octo"));
        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
    }

    [Fact]
    public async Task A_search_that_takes_too_long_is_told_what_to_ask_for()
    {
        await using var server = await TestServer.StartAsync(
            StoreKind.Sqlite, cluster, change: builder => builder.Services.AddSingleton<TimeProvider>(new HurriedTime()));
        using var response = await server.GetAsync($"api/v1/search?what=hash&value={Mine.Sha256}", await ReadKeyAsync(server, "octo"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.Contains("15 seconds: ask for fewer days", await response.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
    }

    /// <summary>By the clock, while the engine is at it: many files of one job, under as many names.</summary>
    [Fact]
    public async Task A_search_is_stopped_in_the_engine_and_the_next_has_its_place()
    {
        var time = new HurriedTime { Delay = TimeSpan.FromMilliseconds(5), Pause = TimeSpan.FromMilliseconds(1) };
        await using var server = await TestServer.StartAsync(
            StoreKind.Sqlite, cluster, change: builder => builder.Services.AddSingleton<TimeProvider>(time));
        await server.UploadAsync(await server.KeyAsync("octo"), TestRecording.Job(), TestRecording.Of(Mine.Events()));
        var file = Assert.Single(Directory.GetFiles(Path.Combine(server.Settings.DataFolder, EventFiles.Folder), "*.parquet", SearchOption.AllDirectories));
        var copies = 0;
        void Copy(int more)
        {
            for (var before = copies; copies < before + more; copies++)
            {
                File.Copy(file, Path.Combine(Path.GetDirectoryName(file)!, $"copy{copies}.parquet"));
            }
        }

        Copy(2_000);

        var search = server.Services.GetRequiredService<EventSearch>();
        Task<EventAnswer> FindAsync() => search.FindAsync(new EventQuery(EventSubject.Hash, Mine.Sha256, 2), Everywhere, Cancellation);
        for (var isStopped = false; !isStopped; time.Delay *= 1.5)
        {
            // Before the engine has it, or in it; or the engine was quicker, and has more to do the next time.
            var watch = Stopwatch.StartNew();
            var late = await Record.ExceptionAsync(FindAsync);
            TestContext.Current.TestOutputHelper!.WriteLine(
                $"{copies} files, {time.Delay.TotalMilliseconds:F0} ms: {watch.ElapsedMilliseconds} ms, {late?.InnerException?.Message}");
            if (late is null)
            {
                Assert.InRange(copies, 0, 16_000);
                Copy(copies);
                time.Delay = TimeSpan.FromMilliseconds(5);
                continue;
            }

            isStopped = Assert.IsType<TimeoutException>(late).InnerException!.StackTrace!.Contains("DuckDB", StringComparison.Ordinal);
        }

        time.Delay = TimeSpan.FromMinutes(5);
        TestContext.Current.TestOutputHelper!.WriteLine($"whole: {(await FindAsync()).TookMs} ms");
        foreach (var answer in await Task.WhenAll(FindAsync(), FindAsync()))
        {
            Assert.Single(answer.Matches);
        }
    }

    [Theory]
    [InlineData(EventSearch.MaximumMatches, false)]
    [InlineData(EventSearch.MaximumMatches + 1, true)]
    public async Task More_jobs_than_are_shown_are_told(int count, bool isMore)
    {
        await using var server = await TestServer.StartAsync(StoreKind.Sqlite, cluster);
        var database = server.Services.GetRequiredService<Database>();
        var now = TimeProvider.System.GetUtcNow();
        await database.ExecuteAsync(
            """
            WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < @count)
            INSERT INTO job (id, identity, owner, repository, workflow, name, display_name, run_id, run_attempt, runner, credential, state,
                registered_ms, last_heard_ms, segments, bytes, events, chain, recorded)
            SELECT 'made' || n, n, 'octo', 'site', 'CI', 'build', 'build', '1', 1, '', '', 'ended', @ms, @ms, 1, 1, 1, 'intact', 'joined' FROM number
            """,
            new { count, ms = now.ToUnixTimeMilliseconds() },
            Cancellation);
        var sink = server.Services.GetServices<IEventSink>().Single();
        foreach (var job in await database.ListAsync<JobRow>("SELECT * FROM job", null, Cancellation))
        {
            await using var writer = sink.Open(job);
            foreach (var recorded in Mine.Events())
            {
                writer.Accept(recorded);
            }

            await writer.CompleteAsync(new ReportBuilder().Build(isRunning: true), Cancellation);
        }

        var found = await server.FoundAsync(await ReadKeyAsync(server, "octo"), $"what=hash&value={Mine.Sha256}");
        Assert.Equal((EventSearch.MaximumMatches, isMore), (found.Matches.Select(match => match.Job).Distinct().Count(), found.More));
    }

    [Theory]
    [InlineData("site", "site")]
    [InlineData("..", "%2E.")]
    [InlineData("machine:a/b", "machine%3Aa%2Fb")]
    [InlineData("a*[x]?'", "a%2A%5Bx%5D%3F%27")]
    [InlineData("ü", "%C3%BC")]
    public void A_name_in_a_path_is_encoded(string name, string expected)
    {
        Assert.Equal(expected, EventFiles.Encode(name));
        Assert.True(EventFiles.Encode(string.Concat(Enumerable.Repeat(name + "/", 200))).Length < 200);
    }

    [Theory]
    [MemberData(nameof(StoreKinds.All), MemberType = typeof(StoreKinds))]
    public async Task Saved_searches_are_an_organisations(StoreKind kind)
    {
        await using var server = await TestServer.StartAsync(kind, cluster, await objects.SettingsAsync(kind));
        var searches = server.Services.GetRequiredService<SavedSearches>();
        var saved = (await searches.AddAsync("octo", "Bad tool", $"what=hash&value={Mine.Sha256}", Actor.Console, Cancellation))!;
        var (octo, acme) = (await ReadKeyAsync(server, "octo"), await ReadKeyAsync(server, "acme"));
        using var list = await server.GetAsync("api/v1/searches?owner=octo", octo);
        Assert.Contains(saved.Id, await list.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
        using var foreign = await server.GetAsync("api/v1/searches?owner=octo", acme);
        Assert.Equal(HttpStatusCode.Forbidden, foreign.StatusCode);
        // A key reads; it is no operator.
        using var request = new HttpRequestMessage(HttpMethod.Post, "api/v1/searches")
        {
            Content = JsonContent.Create(new { owner = "octo", name = "x", what = "path", value = "/x" }),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", octo);
        using var refused = await server.Client.SendAsync(request, Cancellation);
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        await AddByPageAsync(server, saved);
        Assert.False(await searches.RemoveAsync("acme", saved.Id, Actor.Console, Cancellation));
        Assert.True(await searches.RemoveAsync("octo", saved.Id, Actor.Console, Cancellation));
        Assert.Empty(await searches.ListAsync("octo", Cancellation));
    }

    /// <summary>By a session, as scripts of the pages may, and those of other origins may not.</summary>
    private static async Task AddByPageAsync(TestServer server, SavedSearch saved)
    {
        using var member = await Visitor.WithRoleAsync(server, "octo", Role.Operator);
        using var viewer = await Visitor.WithRoleAsync(server, "octo", Role.Viewer);
        async Task<HttpResponseMessage> SendAsync(Visitor visitor, string? remove, string header = "Sec-Fetch-Site", string from = "same-origin", string type = "application/json")
        {
            using var request = new HttpRequestMessage(
                remove is null ? HttpMethod.Post : HttpMethod.Delete, new Uri(remove ?? "/api/v1/searches", UriKind.Relative));
            request.Content = remove is null
                ? new StringContent("""{"owner":"octo","name":"by page","what":"path","value":"/x"}""", null, type)
                : null;
            request.Headers.Add(header, from);
            return await visitor.SendAsync(request);
        }

        foreach (var remove in new[] { null, $"/api/v1/searches/octo/{saved.Id}" })
        {
            foreach (var (header, from) in new[]
            {
                ("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Site", "same-site"), ("Origin", "https://evil.example"), ("Origin", "null"),
                ("Origin", $"http://{server.Address.Host}:1"),
            })
            {
                using var refused = await SendAsync(member, remove, header, from);
                Assert.Equal((from, HttpStatusCode.Forbidden), (from, refused.StatusCode));
            }

            using var notAllowed = await SendAsync(viewer, remove);
            Assert.Equal(HttpStatusCode.Forbidden, notAllowed.StatusCode);
        }

        // What a form of another site can send without being asked first.
        using var form = await SendAsync(member, null, "Origin", server.Address.GetLeftPart(UriPartial.Authority), "text/plain");
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, form.StatusCode);
        using var made = await SendAsync(member, null, "Origin", server.Address.GetLeftPart(UriPartial.Authority));
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        using var removed = await SendAsync(member, made.Headers.Location!.ToString());
        Assert.Equal(HttpStatusCode.NoContent, removed.StatusCode);
        using var again = await SendAsync(member, made.Headers.Location!.ToString());
        Assert.Equal(HttpStatusCode.NotFound, again.StatusCode);
        Assert.Equal(
            [("search.removed", "Operator of octo"), ("search.saved", "Operator of octo"), ("search.saved", Actor.Console.Name)],
            (await server.Services.GetRequiredService<Audit>().ListAsync(["octo"], null, 100, Cancellation))
                .Where(entry => entry.Action.StartsWith("search.", StringComparison.Ordinal)).Select(entry => (entry.Action, entry.Actor)));
    }

    internal static Viewer Everywhere { get; } = Viewer.Nobody with
    {
        Roles = Viewer.Nobody.Roles.Add(Viewer.Everywhere, Role.Viewer),
    };

    private static Task<string> ReadKeyAsync(TestServer server, string owner) => server.KeyAsync(owner, ApiKeyRow.ReadScope);
}
