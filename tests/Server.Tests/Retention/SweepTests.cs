using Microsoft.Extensions.DependencyInjection;
using Sallyport.Protocol.Ingest;
using Sallyport.Server.Access;
using Sallyport.Server.Ingest;
using Sallyport.Server.Insights;
using Sallyport.Server.Recordings;
using Sallyport.Server.Retention;
using Sallyport.Server.Search;
using Sallyport.Server.Store;
using Sallyport.Server.Tests.Ui;
using Sallyport.Server.Work;

namespace Sallyport.Server.Tests.Retention;

public sealed class SweepTests(PostgresCluster cluster, ObjectStore objects)
{
    private readonly HandTime time = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(StoreKinds.Databases), MemberType = typeof(StoreKinds))]
    public async Task A_silent_job_is_lost_and_folded_and_goes_on_when_it_is_heard_again(StoreKind kind)
    {
        await using var server = await StartAsync(kind);
        var job = await server.RegisteredAsync(await server.KeyAsync("octo"), TestRecording.Job());
        var segments = TestRecording.Small();
        await server.PutAllAsync(job, segments.Take(2));
        time.Pass(TimeSpan.FromMinutes(29));
        await server.SweepAsync();
        Assert.Equal(JobState.Running, (await server.RowAsync(job.JobKey))!.State);

        time.Pass(TimeSpan.FromMinutes(2));
        await server.SweepAsync();
        await server.WorkDoneAsync();
        var lost = (await server.RowAsync(job.JobKey))!;
        Assert.Equal((JobState.Lost, ChainState.Truncated, 0), (lost.State, lost.Chain, lost.Complete));
        var reports = server.Services.GetRequiredService<Reports>();
        var then = (await reports.FindAsync(lost, Cancellation))!.Processes.Length;

        await server.PutAllAsync(job, segments.Skip(2));
        var running = (await server.RowAsync(job.JobKey))!;
        Assert.Equal(JobState.Running, running.State);
        Assert.True((await reports.FindAsync(running, Cancellation))!.Processes.Length > then);
        using var end = await server.EndAsync(job, segments.Count);
        await server.WorkDoneAsync();
        var whole = (await server.RowAsync(job.JobKey))!;
        Assert.Equal((JobState.Ended, ChainState.Intact, FinishJob.Joined), (whole.State, whole.Chain, whole.Recorded));
    }

    /// <summary>Nothing happens in it; its agent sends the last segment again. For a week at most: by that alone nothing is kept for ever.</summary>
    [Theory]
    [MemberData(nameof(StoreKinds.Databases), MemberType = typeof(StoreKinds))]
    public async Task A_quiet_job_that_sends_a_segment_again_is_not_lost(StoreKind kind)
    {
        await using var server = await StartAsync(kind);
        var job = await server.RegisteredAsync(await server.KeyAsync("octo"), TestRecording.Job());
        var segments = TestRecording.Small();
        await server.PutAllAsync(job, segments.Take(2));
        async Task<string> StateAfterAsync(TimeSpan passed, bool again)
        {
            time.Pass(passed);
            await server.PutAllAsync(job, again ? [segments[1]] : []);
            await server.SweepAsync();
            return (await server.RowAsync(job.JobKey))!.State;
        }

        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(JobState.Running, await StateAfterAsync(TimeSpan.FromMinutes(20), again: true));
        }

        // It was not heard for a while, and is again.
        Assert.Equal(JobState.Lost, await StateAfterAsync(TimeSpan.FromMinutes(31), again: false));
        await server.WorkDoneAsync();
        Assert.Equal(JobState.Running, await StateAfterAsync(TimeSpan.FromMinutes(1), again: true));
        Assert.Equal(JobState.Lost, await StateAfterAsync(TimeSpan.FromDays(7), again: true));

        await server.PutAllAsync(job, segments);
        using var end = await server.EndAsync(job, segments.Count);
        await server.WorkDoneAsync();
        Assert.Equal((JobState.Ended, FinishJob.Joined), ((await server.RowAsync(job.JobKey))!.State, (await server.RowAsync(job.JobKey))!.Recorded));
        // What has ended is not brought back by it.
        using var late = await server.PutAsync(job, segments[1]);
        Assert.Equal(JobState.Ended, (await server.RowAsync(job.JobKey))!.State);
    }

    [Fact]
    public async Task The_sweep_comes_by_itself_again_and_again()
    {
        await using var server = await StartAsync(StoreKind.Sqlite);
        var key = await server.KeyAsync("octo");
        foreach (var run in new[] { "1", "2" })
        {
            var job = await server.RegisteredAsync(key, TestRecording.Job(runId: run));
            time.Pass(TimeSpan.FromMinutes(31));
            server.Services.GetRequiredService<WorkQueue>().Wake();
            await Until.IsAsync(async () => (await server.RowAsync(job.JobKey))!.State == JobState.Lost, "the job is lost");
        }
    }

    [Theory]
    [MemberData(nameof(StoreKinds.All), MemberType = typeof(StoreKinds))]
    public async Task Jobs_are_removed_when_their_organisation_has_kept_them_long_enough(StoreKind kind)
    {
        await using var server = await StartAsync(kind);
        var database = server.Services.GetRequiredService<Database>();
        var octo = await server.KeyAsync("octo");
        var old = await server.UploadAsync(octo, TestRecording.Job(), TestRecording.Small());
        var other = await server.UploadAsync(await server.KeyAsync("other"), TestRecording.Job("other/site"), TestRecording.Small());
        await database.ExecuteAsync("UPDATE owner SET retention_days = 10 WHERE name = 'octo'", null, Cancellation);
        time.Pass(TimeSpan.FromDays(9));
        var young = await server.UploadAsync(octo, TestRecording.Job(runId: "101"), TestRecording.Small());
        await server.SweepAsync();
        Assert.NotNull(await server.RowAsync(old.JobKey));

        time.Pass(TimeSpan.FromDays(2));
        await server.SweepAsync();
        Assert.Null(await server.RowAsync(old.JobKey));
        Assert.NotNull(await server.RowAsync(young.JobKey));
        Assert.NotNull(await server.RowAsync(other.JobKey));
        foreach (var table in new[] { "segment", "counted" })
        {
            Assert.Equal(0, await CountAsync(database, $"SELECT COUNT(*) FROM {table} WHERE job = '{old.JobKey}'"));
            Assert.NotEqual(0, await CountAsync(database, $"SELECT COUNT(*) FROM {table} WHERE job = '{young.JobKey}'"));
        }

        Assert.Equal(
            2, Directory.GetFiles(Path.Combine(server.Settings.DataFolder, EventFiles.Folder), "*.parquet", SearchOption.AllDirectories).Length);
        if (server.Settings.Bucket is null)
        {
            Assert.False(Directory.Exists(Path.Combine(server.Settings.DataFolder, "recordings", "jobs", old.JobKey)));
        }
        else
        {
            Assert.Equal(2, (await StoredAsync(server, $"{EventFiles.Folder}/")).Count);
        }

        Assert.Empty(await StoredAsync(server, $"jobs/{old.JobKey}/"));
        Assert.NotEmpty(await StoredAsync(server, $"jobs/{young.JobKey}/"));
        // The server's own sweep may have come beside this one, which it does not where work is claimed.
        Assert.Contains(
            await server.Services.GetRequiredService<Audit>().ListAsync(["octo"], null, 100, Cancellation),
            row => row.Action == "retention.removed" && row.Detail?.Contains(old.JobKey, StringComparison.Ordinal) == true);
        // What was seen in it is still known.
        Assert.NotEqual(0, await CountAsync(database, "SELECT COUNT(*) FROM destination WHERE owner = 'octo'"));
    }

    /// <summary>Its recording and its Parquet file have no fold in their names, its report has.</summary>
    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.PostgreSqlAndBucket)]
    public async Task What_an_earlier_version_folded_is_found_by_its_names_and_goes_with_its_job(StoreKind kind)
    {
        await using var server = await StartAsync(kind);
        var (database, recordings) = (server.Services.GetRequiredService<Database>(), server.Services.GetRequiredService<IRecordingStore>());
        var segments = TestRecording.Of(new MadeJob(new string('a', 64), "files.example.com", "198.51.100.7", "/work/x").Events());
        var job = await server.UploadAsync(await server.KeyAsync("octo"), TestRecording.Job(), segments);
        var now = (await server.RowAsync(job.JobKey))!;
        await database.ExecuteAsync("UPDATE job SET named_fold = NULL", null, Cancellation);
        var then = (await server.RowAsync(job.JobKey))!;
        Assert.Equal(($"jobs/{job.JobKey}/recording.ndjson.zst", now.ReportName), (then.RecordingName, then.ReportName));
        Assert.EndsWith($"/{job.JobKey}.parquet", EventFiles.NameOf(then), StringComparison.Ordinal);
        File.Move(Path.Combine(server.Settings.DataFolder, EventFiles.NameOf(now)), Path.Combine(server.Settings.DataFolder, EventFiles.NameOf(then)));
        string[] names = server.Settings.Bucket is null ? [now.RecordingName] : [now.RecordingName, EventFiles.NameOf(now)];
        foreach (var name in names)
        {
            using var bytes = new MemoryStream();
            await using (var one = await recordings.OpenAsync(name, Cancellation))
            {
                await one!.CopyToAsync(bytes, Cancellation);
            }

            await recordings.PutAsync(name.Replace($"-{now.Fold}", "", StringComparison.Ordinal), bytes.ToArray(), Cancellation);
        }

        await recordings.RemoveAsync(names, Cancellation);
        using var visitor = await Visitor.WithRoleAsync(server, "octo", Role.Viewer);
        using var taken = await visitor.SendAsync($"/jobs/{job.JobKey}/recording.ndjson.zst");
        Assert.Equal(segments.SelectMany(segment => segment.Bytes), await taken.Content.ReadAsByteArrayAsync(Cancellation));
        var key = await server.KeyAsync("octo", ApiKeyRow.ReadScope);
        Assert.Equal(job.JobKey, Assert.Single((await server.FoundAsync(key, "what=path&value=/work/x")).Matches).Job);

        time.Pass(TimeSpan.FromDays(91));
        await server.SweepAsync();
        Assert.Null(await server.RowAsync(job.JobKey));
        Assert.Empty(await StoredAsync(server, ""));
        Assert.Empty(Directory.GetFiles(Path.Combine(server.Settings.DataFolder, EventFiles.Folder), "*", SearchOption.AllDirectories));
    }

    [Theory]
    [MemberData(nameof(StoreKinds.All), MemberType = typeof(StoreKinds))]
    public async Task The_oldest_go_when_an_organisation_has_more_than_it_may(StoreKind kind)
    {
        await using var server = await StartAsync(kind);
        var database = server.Services.GetRequiredService<Database>();
        var key = await server.KeyAsync("octo");
        var jobs = new List<JobRegistered>();
        foreach (var run in new[] { "1", "2", "3", "4" })
        {
            jobs.Add(await server.UploadAsync(key, TestRecording.Job(runId: run), TestRecording.Small()));
            time.Pass(TimeSpan.FromMinutes(1));
        }

        var running = await server.RegisteredAsync(key, TestRecording.Job(runId: "5"));
        await server.PutAllAsync(running, TestRecording.Small().Take(2));
        var bytes = (await server.RowAsync(jobs[0].JobKey))!.Bytes;
        await server.SweepAsync();
        Assert.NotNull(await server.RowAsync(jobs[0].JobKey));
        await database.ExecuteAsync("UPDATE owner SET retention_bytes = @bound", new { bound = 3 * bytes }, Cancellation);
        await server.SweepAsync();
        var left = await database.ListAsync<string>("SELECT run_id FROM job ORDER BY run_id", null, Cancellation);
        Assert.Equal(["3", "4", "5"], left);
        Assert.Equal(
            jobs.Skip(2).Append(running).Select(job => job.JobKey).Order(StringComparer.Ordinal),
            (await StoredAsync(server, "jobs/")).Select(name => name.Split('/')[1]).Distinct().Order(StringComparer.Ordinal));
    }

    /// <summary>What pull requests alone reached goes before what other runs did, so that they cannot make those forgotten.</summary>
    [Theory]
    [MemberData(nameof(StoreKinds.Databases), MemberType = typeof(StoreKinds))]
    public async Task Lists_of_what_was_seen_and_done_are_bounded_by_number_and_age(StoreKind kind)
    {
        await using var server = await StartAsync(kind, new() { ["limits:listRows"] = "2", ["limits:listDays"] = "300" });
        var database = server.Services.GetRequiredService<Database>();
        var key = await server.KeyAsync("octo");
        async Task UploadAsync(string owner, string credential, string host, string what = "push")
        {
            time.Pass(TimeSpan.FromMinutes(1));
            await server.UploadAsync(
                credential, TestRecording.Job($"{owner}/site", runId: $"{host} {time.GetUtcNow():O}") with { EventName = what },
                TestRecording.Of(new MadeJob(new string('a', 64), host, "198.51.100.7", "/work/x").Events(), 100));
            await database.ExecuteAsync(
                """
                INSERT INTO finding (id, owner, repository, workflow, job_name, detector, subject, title, severity, action, evidence, status,
                    first_ms, last_ms, first_job, last_job, jobs)
                VALUES (@owner || @host, @owner, 'site', 'CI', 'build', 'canary', @host, '', '', '', '{}', 'new', @ms, @ms, '', '', 1)
                ON CONFLICT (id) DO UPDATE SET last_ms = excluded.last_ms
                """,
                new { owner, host, ms = time.GetUtcNow().ToUnixTimeMilliseconds() },
                Cancellation);
        }

        Task<List<string>> ThereAsync(string table, string column) => database.ListAsync<string>(
            $"SELECT DISTINCT {column} FROM {table} WHERE owner = 'octo' ORDER BY {column}", null, Cancellation);
        async Task<List<AuditRow>> AuditAsync() => await server.Services.GetRequiredService<Audit>().ListAsync(["octo"], null, 100, Cancellation);
        Task TrimAsync()
        {
            time.Pass(TimeSpan.FromSeconds(1));
            return server.RepeatAsync<Trim>();
        }

        await UploadAsync("other", await server.KeyAsync("other"), "z");
        foreach (var (host, what) in new[] { ("a", "push"), ("b", "push"), ("c", "push"), ("p", "pull_request") })
        {
            await UploadAsync("octo", key, host, what);
        }

        await server.KeyAsync("octo");
        await server.KeyAsync("octo");
        await TrimAsync();
        Assert.Equal(["b", "c"], await ThereAsync("destination", "host"));
        Assert.Equal(["c", "p"], await ThereAsync("finding", "subject"));
        // The last of what there was, and that the others were removed.
        Assert.Equal(["retention.lists", "api-key.created"], (await AuditAsync()).Select(row => row.Action));
        await TrimAsync();
        Assert.Equal(["retention.lists", "api-key.created"], (await AuditAsync()).Select(row => row.Action));
        Assert.Equal(1, await CountAsync(database, "SELECT COUNT(*) FROM finding WHERE owner = 'other'"));

        time.Pass(TimeSpan.FromDays(299));
        await UploadAsync("octo", key, "c");
        time.Pass(TimeSpan.FromDays(2));
        await TrimAsync();
        Assert.Equal(["c"], await ThereAsync("destination", "host"));
        Assert.Equal(0, await CountAsync(database, "SELECT COUNT(*) FROM finding WHERE owner = 'other'"));
        Assert.DoesNotContain("api-key.created", (await AuditAsync()).Select(row => row.Action));
    }

    [Fact]
    public async Task Pieces_that_a_stopped_join_left_behind_are_removed()
    {
        await using var server = await StartAsync(StoreKind.Sqlite);
        var segments = TestRecording.Small();
        var job = await server.UploadAsync(await server.KeyAsync("octo"), TestRecording.Job(), segments);
        var recordings = server.Services.GetRequiredService<IRecordingStore>();
        var name = SegmentRow.NameOf(job.JobKey, 1, SegmentRow.DigestOf(segments[0].Bytes));
        await recordings.PutAsync(name, segments[0].Bytes, Cancellation);
        await server.Services.GetRequiredService<WorkQueue>().EnsureAsync(WorkKind.Finish, job.JobKey, Cancellation);
        server.Services.GetRequiredService<WorkQueue>().Wake();
        await server.WorkDoneAsync();
        Assert.Null(await recordings.OpenAsync(name, Cancellation));
        Assert.NotNull(await recordings.OpenAsync((await server.RowAsync(job.JobKey))!.RecordingName, Cancellation));
    }

    /// <summary>It would put what nobody finds again when the row is gone.</summary>
    [Theory]
    [MemberData(nameof(StoreKinds.Databases), MemberType = typeof(StoreKinds))]
    public async Task What_is_being_removed_is_folded_by_nobody(StoreKind kind)
    {
        WorkItem? claimed = null;
        var removal = new HookedRemoval();
        await using var server = await TestServer.StartAsync(kind, cluster, change: builder =>
        {
            builder.Services.AddSingleton<TimeProvider>(time);
            builder.Services.AddSingleton<IJobData>(removal);
            // Nobody but the test claims.
            builder.Services.Remove(builder.Services.Single(service => service.ImplementationType == typeof(Worker)));
        });
        var queue = server.Services.GetRequiredService<WorkQueue>();
        removal.Hook = async () => claimed = await queue.ClaimAsync([WorkKind.Finish], Cancellation);
        var job = await server.RegisteredAsync(await server.KeyAsync("octo"), TestRecording.Job());
        var segments = TestRecording.Small();
        await server.PutAllAsync(job, segments);
        using var end = await server.EndAsync(job, segments.Count);
        time.Pass(TimeSpan.FromDays(91));
        var item = await queue.ClaimAsync([WorkKind.Finish], Cancellation);
        Assert.Equal(job.JobKey, item?.Subject);

        // Who folds it already is waited for.
        await server.SweepAsync();
        Assert.False(removal.IsCalled);
        Assert.NotNull(await server.RowAsync(job.JobKey));

        await queue.ReleaseAsync(item!);
        await server.SweepAsync();
        Assert.True(removal.IsCalled);
        Assert.Null(claimed);
        Assert.Null(await server.RowAsync(job.JobKey));
    }

    private async Task<TestServer> StartAsync(StoreKind kind, Dictionary<string, string?>? settings = null) =>
        await TestServer.StartAsync(kind, cluster, settings ?? await objects.SettingsAsync(kind), builder => builder.Services.AddSingleton<TimeProvider>(time));

    /// <summary>Names of what is kept, in the folder or in the bucket.</summary>
    private static async Task<List<string>> StoredAsync(TestServer server, string prefix)
    {
        var names = new List<string>();
        await foreach (var one in server.Services.GetRequiredService<IRecordingStore>().ListAsync(prefix, Cancellation))
        {
            names.Add(one.Name);
        }

        return names;
    }

    private static async Task<long> CountAsync(Database database, string sql) => await database.OneAsync<long>(sql, null, Cancellation);

    /// <summary>Is told while a job is removed.</summary>
    private sealed class HookedRemoval : IJobData
    {
        public bool IsCalled { get; private set; }

        public Func<Task> Hook { get; set; } = () => Task.CompletedTask;

        public Task RemoveAsync(JobRow job, CancellationToken cancellation)
        {
            IsCalled = true;
            return Hook();
        }
    }
}
