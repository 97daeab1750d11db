using System.Net;
using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using Sallyport.Protocol.Ingest;
using Sallyport.Protocol.Recording;
using Sallyport.Server.Insights;
using Sallyport.Server.Recordings;

namespace Sallyport.Server.Tests.Ingest;

public sealed class IngestTests(PostgresCluster cluster, ObjectStore objects)
{
    public static TheoryData<StoreKind> Stores => [StoreKind.Sqlite, StoreKind.PostgreSql, StoreKind.PostgreSqlAndBucket];

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task A_recording_sent_in_any_order_and_twice_is_whole(StoreKind kind)
    {
        await using var server = await TestServer.StartAsync(kind, cluster, await objects.SettingsAsync(kind));
        var key = await server.KeyAsync("octo");
        var job = await server.RegisteredAsync(key, TestRecording.Job());
        var segments = TestRecording.Small();
        Assert.True(segments.Count > 4);
        foreach (var segment in segments.AsEnumerable().Reverse().Concat(segments))
        {
            using var response = await server.PutAsync(job, segment);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }

        using var end = await server.EndAsync(job, segments.Count);
        await server.WorkDoneAsync();
        var row = await RowAsync(server, job);
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
    [MemberData(nameof(Stores))]
    public async Task The_same_job_is_registered_once_and_goes_on_where_it_stopped(StoreKind kind)
    {
        await using var server = await TestServer.StartAsync(kind, cluster, await objects.SettingsAsync(kind));
        var key = await server.KeyAsync("octo");
        var first = await server.RegisteredAsync(key, TestRecording.Job());
        Assert.Equal(1, first.NextSegment);
        var segments = TestRecording.Small();
        foreach (var segment in segments.Take(2).Append(segments[3]))
        {
            using var response = await server.PutAsync(first, segment);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }

        var again = await server.RegisteredAsync(key, TestRecording.Job());
        Assert.Equal(first.JobKey, again.JobKey);
        Assert.Equal(3, again.NextSegment);
        Assert.NotEqual(first.JobKey, (await server.RegisteredAsync(key, TestRecording.Job(runId: "101"))).JobKey);

        // Who takes over from an agent that was killed has a recording of its own.
        Assert.NotEqual(first.JobKey, (await server.RegisteredAsync(key, TestRecording.Job() with { Recording = segments[0].Seal })).JobKey);
    }

    [Theory]
    [MemberData(nameof(Stores))]
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
    [MemberData(nameof(Stores))]
    public async Task Segments_of_two_recordings_break_the_chain_and_it_is_shown(StoreKind kind)
    {
        await using var server = await TestServer.StartAsync(kind, cluster, await objects.SettingsAsync(kind));
        var job = await server.RegisteredAsync(await server.KeyAsync("octo"), TestRecording.Job());
        var (one, other) = (TestRecording.Small(), TestRecording.Small(DateTimeOffset.UnixEpoch));
        foreach (var segment in one.Take(2).Concat(other.Skip(2)))
        {
            using var response = await server.PutAsync(job, segment);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }

        using var end = await server.EndAsync(job, one.Count);
        await server.WorkDoneAsync();
        var row = await RowAsync(server, job);
        Assert.Equal("broken", row.Chain);
        Assert.Equal(3, row.ChainBrokenAt);
        Assert.Equal(0, row.Complete);
        var report = await server.Services.GetRequiredService<Reports>().FindAsync(row, default);
        Assert.Equal(RecordingVerdict.Tampered, report!.Recording!.Verdict);
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task What_did_not_come_is_said(StoreKind kind)
    {
        await using var server = await TestServer.StartAsync(kind, cluster, await objects.SettingsAsync(kind));
        var job = await server.RegisteredAsync(await server.KeyAsync("octo"), TestRecording.Job());
        var segments = TestRecording.Small();
        foreach (var segment in segments.Where(segment => segment.Number != 2))
        {
            using var response = await server.PutAsync(job, segment);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }

        using var end = await server.EndAsync(job, segments.Count, undelivered: 1);
        Assert.Equal(1, (await end.Content.ReadFromJsonAsync(IngestJson.Default.JobEnded, TestContext.Current.CancellationToken))!.Missing);
        await server.WorkDoneAsync();
        var row = await RowAsync(server, job);
        Assert.Equal("truncated", row.Chain);
        var report = await server.Services.GetRequiredService<Reports>().FindAsync(row, default);
        Assert.Equal(1, report!.Losses[JobFold.MissingReason]);
        Assert.False(report.Complete);
        Assert.Equal("folded", row.Recorded);

        // It comes after all, and what was said is mended.
        using var late = await server.PutAsync(job, segments[1]);
        Assert.Equal(HttpStatusCode.OK, late.StatusCode);
        await server.WorkDoneAsync();
        row = await RowAsync(server, job);
        Assert.Equal(("intact", "joined"), (row.Chain, row.Recorded));
        report = await server.Services.GetRequiredService<Reports>().FindAsync(row, default);
        Assert.DoesNotContain(JobFold.MissingReason, report!.Losses.Keys);
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task A_running_job_has_a_report_of_what_came(StoreKind kind)
    {
        await using var server = await TestServer.StartAsync(kind, cluster, await objects.SettingsAsync(kind));
        var job = await server.RegisteredAsync(await server.KeyAsync("octo"), TestRecording.Job());
        var reports = server.Services.GetRequiredService<Reports>();
        var processes = new List<int>();
        foreach (var segment in TestRecording.Small())
        {
            using var response = await server.PutAsync(job, segment);
            processes.Add((await reports.FindAsync(await RowAsync(server, job), default))!.Processes.Length);
        }

        Assert.Equal(processes.Order(), processes);
        Assert.True(processes[0] < processes[^1]);
    }

    private static async Task<JobRow> RowAsync(TestServer server, JobRegistered job) =>
        (await server.Services.GetRequiredService<Jobs>().FindAsync(job.JobKey, TestContext.Current.CancellationToken))!;
}
