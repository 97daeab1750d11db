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

public sealed class IngestTests(PostgresCluster cluster, ObjectStore objects)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(StoreKinds.All), MemberType = typeof(StoreKinds))]
    public async Task A_recording_sent_in_any_order_and_twice_is_whole(StoreKind kind)
    {
        await using var server = await TestServer.StartAsync(kind, cluster, await objects.SettingsAsync(kind));
        var key = await server.KeyAsync("octo");
        var job = await server.RegisteredAsync(key, TestRecording.Job());
        var segments = TestRecording.Small();
        Assert.True(segments.Count > 4);
        await server.PutAllAsync(job, segments.AsEnumerable().Reverse().Concat(segments));

        using var end = await server.EndAsync(job, segments.Count);
        await server.WorkDoneAsync();
        var row = (await server.RowAsync(job.JobKey))!;
        Assert.Equal("intact", row.Chain);
        Assert.Equal("joined", row.Recorded);
        Assert.Equal(segments.Count, row.Segments);
        Assert.True(row.Refused > 0);
        await using var whole = await server.Services.GetRequiredService<IRecordingStore>().OpenAsync(row.RecordingName, default);
        using var reader = new RecordingReader(whole!);
        while (reader.TryRead(out _))
        {
        }

        Assert.Equal(RecordingVerdict.Intact, reader.Integrity!.Verdict);
        Assert.Equal(segments[^1].Seal, reader.Integrity.Seal);
    }

    [Theory]
    [MemberData(nameof(StoreKinds.All), MemberType = typeof(StoreKinds))]
    public async Task The_same_job_is_registered_once_and_goes_on_where_it_stopped(StoreKind kind)
    {
        await using var server = await TestServer.StartAsync(kind, cluster, await objects.SettingsAsync(kind));
        var key = await server.KeyAsync("octo");
        var first = await server.RegisteredAsync(key, TestRecording.Job());
        Assert.Equal(1, first.NextSegment);
        var segments = TestRecording.Small();
        await server.PutAllAsync(first, segments.Take(2).Append(segments[3]));

        var again = await server.RegisteredAsync(key, TestRecording.Job());
        Assert.Equal(first.JobKey, again.JobKey);
        Assert.Equal(3, again.NextSegment);
        Assert.NotEqual(first.JobKey, (await server.RegisteredAsync(key, TestRecording.Job(runId: "101"))).JobKey);

        // Who takes over from an agent that was killed has a recording of its own.
        Assert.NotEqual(first.JobKey, (await server.RegisteredAsync(key, TestRecording.Job() with { Recording = segments[0].Seal })).JobKey);
    }

    /// <summary>Who restores or updates a server finds the jobs that are there again: SHA-256 of the parts with NUL between them.</summary>
    [Fact]
    public void A_registration_without_a_recording_is_the_job_that_it_was_before_there_were_any_in_it()
    {
        Assert.Equal(
            "5035f0affe9672101ac654c1eadc319f57843d27c2439dcd9c6598c1f38e7736", RegistrationCheck.Identity(TestRecording.Job("Octo/Site"), "Octo"));
        Assert.Equal(
            "4ffa03449a4df4a9c1049c67013b91e192154a7f49ef7d57e04acd7a3896e209",
            RegistrationCheck.Identity(TestRecording.Job() with { Matrix = ImmutableSortedDictionary<string, string>.Empty.Add("os", "linux") }, "octo"));
        Assert.NotEqual(
            RegistrationCheck.Identity(TestRecording.Job(), "octo"), RegistrationCheck.Identity(TestRecording.Job() with { Recording = "" }, "octo"));
    }

    /// <summary>Of a segment its sender is told, and sends it again; what is done after is done again.</summary>
    [Theory]
    [InlineData(StoreKind.Sqlite, "/segments/")]
    [InlineData(StoreKind.Sqlite, "/report")]
    [InlineData(StoreKind.PostgreSqlAndBucket, "/segments/")]
    [InlineData(StoreKind.PostgreSqlAndBucket, "/report")]
    [InlineData(StoreKind.PostgreSqlAndBucket, "/recording")]
    [InlineData(StoreKind.PostgreSqlAndBucket, "parquet/")]
    public async Task A_store_that_fails_once_loses_nothing(StoreKind kind, string written)
    {
        HookedRecordings? store = null;
        await using var server = await TestServer.StartAsync(
            kind, cluster, await objects.SettingsAsync(kind), builder => store = HookedRecordings.AddTo(builder.Services));
        var segments = TestRecording.Of(new MadeJob(new string('a', 64), "files.example.com", "198.51.100.7", "/work/x").Events());
        var job = await server.RegisteredAsync(await server.KeyAsync("octo"), TestRecording.Job());
        var failed = 0;
        store!.OnceWritten(name => name.Contains(written, StringComparison.Ordinal), () =>
        {
            failed++;
            throw new IOException("the disk is full");
        });
        foreach (var segment in segments)
        {
            await PutAgainAsync(server, job, segment, isFailing: segment.Number == 1 && written == "/segments/");
        }

        using var end = await server.EndAsync(job, segments.Count);
        await server.WorkDoneAsync();
        Assert.Equal(1, failed);
        await CheckAsync(server, store, job, segments);
    }

    [Fact]
    public async Task A_database_that_goes_away_while_a_segment_comes_loses_nothing()
    {
        HookedRecordings? store = null;
        // Nobody else has its connections.
        await using var server = await TestServer.StartAsync(
            StoreKind.PostgreSql, cluster, new() { ["connectionStrings:store"] = await cluster.CreateDatabaseAsync() },
            builder => store = HookedRecordings.AddTo(builder.Services));
        var segments = TestRecording.Of(new MadeJob(new string('a', 64), "files.example.com", "198.51.100.7", "/work/x").Events());
        var job = await server.RegisteredAsync(await server.KeyAsync("octo"), TestRecording.Job());
        // Its bytes are there, and every connection by which it would be entered is gone.
        store!.OnceWritten(name => name.Contains("/segments/00000002", StringComparison.Ordinal), async () =>
        {
            await using var other = new NpgsqlConnection(server.Settings.ConnectionString + ";Pooling=false");
            await other.OpenAsync(Cancellation);
            await using var end = new NpgsqlCommand(
                "SELECT COUNT(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()", other);
            Assert.True((long)(await end.ExecuteScalarAsync(Cancellation))! > 0);
        });
        foreach (var segment in segments)
        {
            await PutAgainAsync(server, job, segment, isFailing: segment.Number == 2);
        }

        using var ended = await server.EndAsync(job, segments.Count);
        await server.WorkDoneAsync();
        await CheckAsync(server, store, job, segments);
    }

    /// <summary>Whoever still has its token can neither take it back nor break it.</summary>
    [Theory]
    [MemberData(nameof(StoreKinds.Databases), MemberType = typeof(StoreKinds))]
    public async Task A_recording_that_is_whole_stays_so(StoreKind kind)
    {
        await using var server = await TestServer.StartAsync(kind, cluster);
        var segments = TestRecording.Small();
        var job = await server.UploadAsync(await server.KeyAsync("octo"), TestRecording.Job(), segments);
        using var end = await server.EndAsync(job, segments.Count + 7, undelivered: 7);
        using var garbage = await server.PutAsync(job.JobKey, segments.Count + 1, [1, 2, 3], segments[^1].Seal, job.UploadToken);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.UnprocessableEntity), (end.StatusCode, garbage.StatusCode));
        var row = (await server.RowAsync(job.JobKey))!;
        Assert.Equal(
            (ChainState.Intact, (long?)null, (long?)segments.Count, (long?)0, FinishJob.Joined),
            (row.Chain, row.ChainBrokenAt, row.AnnouncedSegments, row.Undelivered, row.Recorded));
    }

    [Theory]
    [MemberData(nameof(StoreKinds.All), MemberType = typeof(StoreKinds))]
    public async Task Other_bytes_for_a_segment_that_is_there_are_a_conflict(StoreKind kind)
    {
        await using var server = await TestServer.StartAsync(kind, cluster, await objects.SettingsAsync(kind));
        var job = await server.RegisteredAsync(await server.KeyAsync("octo"), TestRecording.Job());
        var (one, other) = (TestRecording.Small(), TestRecording.Small(DateTimeOffset.UnixEpoch));
        using var first = await server.PutAsync(job, one[0]);
        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        using var second = await server.PutAsync(job, other[0]);
        Assert.Equal(HttpStatusCode.Conflict, second.StatusCode);
    }

    [Theory]
    [MemberData(nameof(StoreKinds.All), MemberType = typeof(StoreKinds))]
    public async Task Segments_of_two_recordings_break_the_chain_and_it_is_shown(StoreKind kind)
    {
        await using var server = await TestServer.StartAsync(kind, cluster, await objects.SettingsAsync(kind));
        var job = await server.RegisteredAsync(await server.KeyAsync("octo"), TestRecording.Job());
        var (one, other) = (TestRecording.Small(), TestRecording.Small(DateTimeOffset.UnixEpoch));
        await server.PutAllAsync(job, one.Take(2).Concat(other.Skip(2)));

        using var end = await server.EndAsync(job, one.Count);
        await server.WorkDoneAsync();
        var row = (await server.RowAsync(job.JobKey))!;
        Assert.Equal("broken", row.Chain);
        Assert.Equal(3, row.ChainBrokenAt);
        Assert.Equal(0, row.Complete);
        var report = await server.Services.GetRequiredService<Reports>().FindAsync(row, default);
        Assert.Equal(RecordingVerdict.Tampered, report!.Recording!.Verdict);
    }

    [Theory]
    [MemberData(nameof(StoreKinds.All), MemberType = typeof(StoreKinds))]
    public async Task What_did_not_come_is_said(StoreKind kind)
    {
        var time = new HandTime();
        await using var server = await TestServer.StartAsync(
            kind, cluster, await objects.SettingsAsync(kind), builder => builder.Services.AddSingleton<TimeProvider>(time));
        var job = await server.RegisteredAsync(await server.KeyAsync("octo"), TestRecording.Job());
        var segments = TestRecording.Small();
        await server.PutAllAsync(job, segments.Where(segment => segment.Number != 2));

        using var end = await server.EndAsync(job, segments.Count, undelivered: 1);
        Assert.Equal(1, (await end.Content.ReadFromJsonAsync(IngestJson.Default.JobEnded, TestContext.Current.CancellationToken))!.Missing);
        await server.WorkDoneAsync();
        var row = (await server.RowAsync(job.JobKey))!;
        Assert.Equal("truncated", row.Chain);
        var report = await server.Services.GetRequiredService<Reports>().FindAsync(row, default);
        Assert.Equal(1, report!.Losses[JobFold.MissingReason]);
        Assert.False(report.Complete);
        Assert.Equal("folded", row.Recorded);

        // It comes after all, and what was said is mended.
        using var late = await server.PutAsync(job, segments[1]);
        Assert.Equal(HttpStatusCode.OK, late.StatusCode);
        // More may follow it, for a while.
        time.Pass(TimeSpan.FromSeconds(10));
        server.Services.GetRequiredService<WorkQueue>().Wake();
        await server.WorkDoneAsync();
        row = (await server.RowAsync(job.JobKey))!;
        Assert.Equal(("intact", "joined"), (row.Chain, row.Recorded));
        report = await server.Services.GetRequiredService<Reports>().FindAsync(row, default);
        Assert.DoesNotContain(JobFold.MissingReason, report!.Losses.Keys);
    }

    // As an agent does: what the server fails at is sent again.
    private static async Task PutAgainAsync(TestServer server, JobRegistered job, TestSegment segment, bool isFailing)
    {
        var answers = new List<HttpStatusCode>();
        while (!answers.Contains(HttpStatusCode.OK))
        {
            Assert.True(answers.Count < 10, string.Join(", ", answers));
            using var put = await server.PutAsync(job, segment);
            Assert.True(put.StatusCode is HttpStatusCode.OK or >= HttpStatusCode.InternalServerError, $"{put.StatusCode}");
            answers.Add(put.StatusCode);
        }

        Assert.Equal(isFailing, answers.Count > 1);
    }

    private static async Task CheckAsync(TestServer server, HookedRecordings store, JobRegistered job, List<TestSegment> segments)
    {
        var row = (await server.RowAsync(job.JobKey))!;
        Assert.Equal((FinishJob.Joined, ChainState.Intact, segments.Count), (row.Recorded, row.Chain, row.Segments));
        Assert.Equal(
            [row.RecordingName, row.ReportName],
            await store.ListAsync($"jobs/{job.JobKey}/", Cancellation).Select(one => one.Name).Order(StringComparer.Ordinal).ToListAsync(Cancellation));
        await using var whole = await store.OpenAsync(row.RecordingName, Cancellation);
        using var bytes = new MemoryStream();
        await whole!.CopyToAsync(bytes, Cancellation);
        Assert.Equal(segments.SelectMany(segment => segment.Bytes), bytes.ToArray());
        var key = await server.KeyAsync("octo", ApiKeyRow.ReadScope);
        Assert.Equal(1, Assert.Single((await server.FoundAsync(key, "what=path&value=/work/x")).Matches).Matches);
    }

    [Theory]
    [MemberData(nameof(StoreKinds.All), MemberType = typeof(StoreKinds))]
    public async Task A_running_job_has_a_report_of_what_came(StoreKind kind)
    {
        await using var server = await TestServer.StartAsync(kind, cluster, await objects.SettingsAsync(kind));
        var job = await server.RegisteredAsync(await server.KeyAsync("octo"), TestRecording.Job());
        var reports = server.Services.GetRequiredService<Reports>();
        var processes = new List<int>();
        foreach (var segment in TestRecording.Small())
        {
            using var response = await server.PutAsync(job, segment);
            processes.Add((await reports.FindAsync((await server.RowAsync(job.JobKey))!, default))!.Processes.Length);
        }

        Assert.Equal(processes.Order(), processes);
        Assert.True(processes[0] < processes[^1]);
    }
}
