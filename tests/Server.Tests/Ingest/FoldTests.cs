using System.Collections.Immutable;
using System.Net;
using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Sallyport.Protocol.Ingest;
using Sallyport.Protocol.Recording;
using Sallyport.Server.Access;
using Sallyport.Server.Ingest;
using Sallyport.Server.Insights;
using Sallyport.Server.Recordings;
using Sallyport.Server.Search;
using Sallyport.Server.Store;
using Sallyport.Server.Work;

namespace Sallyport.Server.Tests.Ingest;

/// <summary>Several replicas, or a late segment, at one job: whoever comes last takes nothing away.</summary>
public sealed class FoldTests(PostgresCluster cluster, ObjectStore objects)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(StoreKinds.All), MemberType = typeof(StoreKinds))]
    public async Task A_segment_that_comes_while_the_others_are_joined_is_in_the_recording(StoreKind kind)
    {
        var (server, store, time) = await StartAsync(kind);
        await using var serving = server;
        // What is said after the end of a recording is in a segment of its own.
        var events = TestRecording.Events(DateTimeOffset.UnixEpoch).ToList();
        var segments = TestRecording.Of([.. events, events[^2]], events.Count);
        Assert.Equal(2, segments.Count);
        var job = await server.RegisteredAsync(await server.KeyAsync("octo"), TestRecording.Job());
        var joined = new List<string?>();
        store.OnceWritten(name => name.StartsWith($"jobs/{job.JobKey}/recording", StringComparison.Ordinal), async () =>
        {
            await server.PutAllAsync(job, segments.Skip(1));
            joined.Add((await server.RowAsync(job.JobKey))!.Recorded);
            // It is folded again when no more follow.
            time.Pass(TimeSpan.FromSeconds(10));
        });
        await server.PutAllAsync(job, segments.Take(1));
        using var end = await server.EndAsync(job, 1);
        await server.WorkDoneAsync();

        Assert.NotEqual(FinishJob.Joined, Assert.Single(joined));
        var row = (await server.RowAsync(job.JobKey))!;
        Assert.Equal((2, "intact", FinishJob.Joined), (row.Segments, row.Chain, row.Recorded));
        await using var whole = await server.Services.GetRequiredService<IRecordingStore>().OpenAsync(row.RecordingName, default);
        using var bytes = new MemoryStream();
        await whole!.CopyToAsync(bytes, TestContext.Current.CancellationToken);
        Assert.Equal(segments.SelectMany(segment => segment.Bytes), bytes.ToArray());
    }

    /// <summary>A replica that was halted for longer than its claim puts its report when another, which had more, is done.</summary>
    [Theory]
    [MemberData(nameof(StoreKinds.Databases), MemberType = typeof(StoreKinds))]
    public async Task A_fold_that_comes_after_another_had_the_work_changes_nothing(StoreKind kind)
    {
        var (server, store, time) = await StartAsync(kind);
        await using var serving = server;
        using var other = ActivatorUtilities.CreateInstance<WorkQueue>(server.Services);
        var finish = ActivatorUtilities.CreateInstance<FinishJob>(server.Services);
        var segments = TestRecording.Small();
        var job = await server.RegisteredAsync(await server.KeyAsync("octo"), TestRecording.Job());
        JobRow? joined = null;
        store.OnceWritten(name => name.StartsWith($"jobs/{job.JobKey}/report", StringComparison.Ordinal), async () =>
        {
            await server.PutAllAsync(job, segments.Skip(2));
            time.Pass(TimeSpan.FromSeconds(10));
            var item = (await other.ClaimAsync([WorkKind.Finish], Cancellation))!;
            await finish.DoAsync(item, Cancellation);
            await other.DoneAsync(item, Cancellation);
            joined = await server.RowAsync(job.JobKey);
        });
        await server.PutAllAsync(job, segments.Take(2));
        using var end = await server.EndAsync(job, segments.Count);
        await Until.IsAsync(() => Task.FromResult(joined is not null), "another has joined it");
        await server.WorkDoneAsync();

        Assert.Equal((FinishJob.Joined, ChainState.Intact, 1), (joined!.Recorded, joined.Chain, joined.Complete));
        var row = (await server.RowAsync(job.JobKey))!;
        Assert.Equal((FinishJob.Joined, ChainState.Intact, 1), (row.Recorded, row.Chain, row.Complete));
        var report = await server.Services.GetRequiredService<Reports>().FindAsync(row, Cancellation);
        Assert.Equal((true, RecordingVerdict.Intact), (report!.Complete, report.Recording!.Verdict));
        await Until.IsAsync(
            async () => (await store.ListAsync($"jobs/{job.JobKey}/", Cancellation).Select(one => one.Name).ToListAsync(Cancellation))
                .Order(StringComparer.Ordinal).SequenceEqual([row.RecordingName, row.ReportName]),
            "nothing of the fold that came late is left");
    }

    /// <summary>The store fails when the pieces are to go; and a fold that was broken off by the loss of its machine has left what it put.</summary>
    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.PostgreSqlAndBucket)]
    public async Task What_earlier_folds_have_left_is_removed_however_they_ended(StoreKind kind)
    {
        var (server, store, time) = await StartAsync(kind);
        await using var serving = server;
        var segments = TestRecording.Small();
        var job = await server.RegisteredAsync(await server.KeyAsync("octo"), TestRecording.Job());
        Task<List<string>> NamesAsync(string prefix) =>
            store.ListAsync(prefix, Cancellation).Select(one => one.Name).Order(StringComparer.Ordinal).ToListAsync(Cancellation).AsTask();
        async Task FoldAsync(IEnumerable<TestSegment> more)
        {
            await server.PutAllAsync(job, more);
            time.Pass(TimeSpan.FromSeconds(10));
            server.Services.GetRequiredService<WorkQueue>().Wake();
        }

        await FoldAsync(segments.Take(2));
        using var end = await server.EndAsync(job, segments.Count);
        await server.WorkDoneAsync();
        var lost = (await server.RowAsync(job.JobKey))!;
        await FoldAsync(segments.Skip(2).Take(1));
        await server.WorkDoneAsync();
        var row = (await server.RowAsync(job.JobKey))!;
        Assert.NotEqual(FinishJob.Joined, row.Recorded);
        Assert.Equal(1, Math.Sign(string.CompareOrdinal(row.Fold, lost.Fold)));
        string[] strays = [lost.ReportName, lost.RecordingName];
        foreach (var name in strays)
        {
            await store.PutAsync(name, new byte[1], Cancellation);
        }

        var failed = new TaskCompletionSource();
        store.OnceRemoved(name => name.Contains("/segments/", StringComparison.Ordinal), () =>
        {
            failed.SetResult();
            throw new IOException("the store is away");
        });
        await FoldAsync(segments.Skip(3));
        await failed.Task;
        await Until.IsAsync(
            async () =>
            {
                await FoldAsync([]);
                return await server.Services.GetRequiredService<Database>().OneAsync<long>(
                    "SELECT COUNT(*) FROM work WHERE kind = 'finish'", null, Cancellation) == 0;
            },
            "it was done again");

        var joined = (await server.RowAsync(job.JobKey))!;
        Assert.Equal((FinishJob.Joined, segments.Count), (joined.Recorded, (int)joined.Segments));
        Assert.Equal([joined.RecordingName, joined.ReportName], await NamesAsync($"jobs/{job.JobKey}/"));
        Assert.Equal(
            EventFiles.FileOf(joined),
            Path.GetFileName(Assert.Single(Directory.GetFiles(server.Settings.DataFolder, $"{job.JobKey}*.parquet", SearchOption.AllDirectories))));
        Assert.Equal(kind == StoreKind.PostgreSqlAndBucket ? [EventFiles.NameOf(joined)] : [], await NamesAsync("parquet/"));
    }

    /// <summary>A replica whose upload of the whole, or of its Parquet file, hangs until another, which had a segment more, is done.</summary>
    [Theory]
    [InlineData(StoreKind.Sqlite, "/recording")]
    [InlineData(StoreKind.PostgreSqlAndBucket, "/recording")]
    [InlineData(StoreKind.PostgreSqlAndBucket, "parquet/")]
    public async Task A_fold_that_comes_after_another_had_more_of_the_job_takes_nothing_away(StoreKind kind, string written)
    {
        var (server, store, time) = await StartAsync(kind);
        await using var serving = server;
        using var other = ActivatorUtilities.CreateInstance<WorkQueue>(server.Services);
        var finish = ActivatorUtilities.CreateInstance<FinishJob>(server.Services);
        // What is said after the end of a recording is in a segment of its own.
        var events = new MadeJob(new string('a', 64), "files.example.com", "198.51.100.7", "/work/first").Events().ToList();
        var late = events.OfType<FileChanged>().Single() with { Path = "/work/late" };
        var segments = TestRecording.Of([.. events, late], events.Count);
        Assert.Equal(2, segments.Count);
        var job = await server.RegisteredAsync(await server.KeyAsync("octo"), TestRecording.Job());
        JobRow? joined = null;
        store.OnceWritten(name => name.Contains(written, StringComparison.Ordinal), async () =>
        {
            await server.PutAllAsync(job, segments.Skip(1));
            time.Pass(TimeSpan.FromSeconds(10));
            var item = (await other.ClaimAsync([WorkKind.Finish], Cancellation))!;
            await finish.DoAsync(item, Cancellation);
            await other.DoneAsync(item, Cancellation);
            joined = await server.RowAsync(job.JobKey);
        });
        await server.PutAllAsync(job, segments.Take(1));
        using var end = await server.EndAsync(job, 1);
        await Until.IsAsync(() => Task.FromResult(joined is not null), "another has joined it");
        await server.WorkDoneAsync();
        Assert.Equal((FinishJob.Joined, ChainState.Intact, 2), (joined!.Recorded, joined.Chain, joined.Segments));

        var row = (await server.RowAsync(job.JobKey))!;
        await Until.IsAsync(
            async () => (await store.ListAsync($"jobs/{job.JobKey}/", Cancellation).Select(one => one.Name).ToListAsync(Cancellation))
                .Order(StringComparer.Ordinal).SequenceEqual([row.RecordingName, row.ReportName]),
            "nothing of the fold that came late is left");
        await using var whole = await store.OpenAsync(row.RecordingName, Cancellation);
        using var bytes = new MemoryStream();
        await whole!.CopyToAsync(bytes, Cancellation);
        Assert.Equal(segments.SelectMany(segment => segment.Bytes), bytes.ToArray());
        await Until.IsAsync(
            async () => await store.ListAsync("parquet/", Cancellation).CountAsync(Cancellation) == (kind == StoreKind.PostgreSqlAndBucket ? 1 : 0),
            "there is one Parquet file");
        var key = await server.KeyAsync("octo", ApiKeyRow.ReadScope);
        foreach (var path in new[] { "/work/first", "/work/late" })
        {
            Assert.Equal(1, Assert.Single((await server.FoundAsync(key, $"what=path&value={path}")).Matches).Matches);
        }
    }

    /// <summary>A replica that was halted while it put the recording goes on when another, which took the work over, is about to enter its own fold.</summary>
    [Theory]
    [MemberData(nameof(StoreKinds.Databases), MemberType = typeof(StoreKinds))]
    public async Task A_recording_that_is_joined_while_another_folds_the_job_is_not_lost_by_it(StoreKind kind)
    {
        var (server, store, time) = await StartAsync(kind);
        await using var serving = server;
        using var other = ActivatorUtilities.CreateInstance<WorkQueue>(server.Services);
        var finish = ActivatorUtilities.CreateInstance<FinishJob>(server.Services);
        var segments = TestRecording.Small();
        var job = await server.RegisteredAsync(await server.KeyAsync("octo"), TestRecording.Job());
        async Task<bool> IsJoinedAsync() => (await server.RowAsync(job.JobKey))!.Recorded == FinishJob.Joined;
        var second = new TaskCompletionSource<Task>();
        store.OnceWritten(name => name.StartsWith($"jobs/{job.JobKey}/recording", StringComparison.Ordinal), async () =>
        {
            time.Pass(other.ClaimTime * 2);
            WorkItem? item = null;
            await Until.IsAsync(async () => (item = await other.ClaimAsync([WorkKind.Finish], Cancellation)) is not null, "another has the work");
            var isThere = new TaskCompletionSource();
            store.OnceWritten(name => name.StartsWith($"jobs/{job.JobKey}/report", StringComparison.Ordinal), async () =>
            {
                isThere.SetResult();
                await Until.IsAsync(IsJoinedAsync, "the first has joined it");
            });
            second.SetResult(finish.DoAsync(item!, Cancellation));
            await isThere.Task;
        });
        await server.PutAllAsync(job, segments);
        using var end = await server.EndAsync(job, segments.Count);
        var folding = await second.Task;
        await Assert.ThrowsAsync<WorkTakenException>(() => folding);

        var row = (await server.RowAsync(job.JobKey))!;
        Assert.Equal((FinishJob.Joined, ChainState.Intact), (row.Recorded, row.Chain));
        await using var whole = await store.OpenAsync(row.RecordingName, Cancellation);
        Assert.NotNull(whole);
        using var bytes = new MemoryStream();
        await whole.CopyToAsync(bytes, Cancellation);
        Assert.Equal(segments.SelectMany(segment => segment.Bytes), bytes.ToArray());
        Assert.True((await server.Services.GetRequiredService<Reports>().FindAsync(row, Cancellation))!.Complete);
    }

    /// <summary>One job at a time: while it is halted, the others who fold are the test's.</summary>
    private async Task<(TestServer Server, HookedRecordings Store, HandTime Time)> StartAsync(StoreKind kind)
    {
        var time = new HandTime();
        HookedRecordings? store = null;
        var settings = await objects.SettingsAsync(kind) ?? [];
        settings["limits:workAtOnce"] = "1";
        var server = await TestServer.StartAsync(kind, cluster, settings, builder =>
        {
            builder.Services.AddSingleton<TimeProvider>(time);
            store = HookedRecordings.AddTo(builder.Services);
        });
        return (server, store!, time);
    }
}
