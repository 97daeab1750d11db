using Microsoft.Extensions.DependencyInjection;
using Sallyport.Protocol.Ingest;
using Sallyport.Server.Access;
using Sallyport.Server.Ingest;
using Sallyport.Server.Insights;
using Sallyport.Server.Recordings;
using Sallyport.Server.Search;
using Sallyport.Server.Store;
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
        var entry = (await server.Services.GetRequiredService<Audit>().ListAsync(["octo"], null, 100, Cancellation))
            .Single(row => row.Action == "retention.removed");
        Assert.Contains(old.JobKey, entry.Detail, StringComparison.Ordinal);
        // What was seen in it is still known.
        Assert.NotEqual(0, await CountAsync(database, "SELECT COUNT(*) FROM destination WHERE owner = 'octo'"));
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
        Assert.NotNull(await recordings.OpenAsync(JobRow.RecordingNameOf(job.JobKey), Cancellation));
    }

    private async Task<TestServer> StartAsync(StoreKind kind) =>
        await TestServer.StartAsync(kind, cluster, await objects.SettingsAsync(kind), builder => builder.Services.AddSingleton<TimeProvider>(time));

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
}
