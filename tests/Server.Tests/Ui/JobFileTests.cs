using System.Net;
using System.Text.Json.Nodes;
using Sallyport.Protocol.Recording;
using Sallyport.Protocol.Report;
using Sallyport.Server.Access;

namespace Sallyport.Server.Tests.Ui;

public sealed class JobFileTests(PostgresCluster cluster)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(StoreKinds.Databases), MemberType = typeof(StoreKinds))]
    public async Task The_recording_is_taken_whole_while_the_job_runs_and_after(StoreKind kind)
    {
        await using var server = await TestServer.StartAsync(kind, cluster);
        using var visitor = await Visitor.WithRoleAsync(server, "octo", Role.Viewer);
        var segments = TestRecording.Small();
        var running = await server.RegisteredAsync(await server.KeyAsync("octo"), TestRecording.Job());
        foreach (var segment in segments.Take(3))
        {
            using var put = await server.PutAsync(running, segment);
        }

        Assert.Equal(segments.Take(3).SelectMany(segment => segment.Bytes), await BytesAsync(visitor, $"/jobs/{running.JobKey}/recording.ndjson.zst"));
        var ended = await server.UploadAsync(await server.KeyAsync("octo"), TestRecording.Job(runId: "2"), segments);
        using var stream = new MemoryStream(await BytesAsync(visitor, $"/jobs/{ended.JobKey}/recording.ndjson.zst"));
        using var reader = new RecordingReader(stream);
        while (reader.TryRead(out _))
        {
        }

        Assert.Equal(RecordingVerdict.Intact, reader.Integrity!.Verdict);
    }

    [Theory]
    [MemberData(nameof(StoreKinds.Databases), MemberType = typeof(StoreKinds))]
    public async Task Reports_are_taken_in_every_format_and_are_not_sent_twice(StoreKind kind)
    {
        await using var server = await TestServer.StartAsync(kind, cluster);
        using var visitor = await Visitor.WithRoleAsync(server, "octo", Role.Viewer);
        var job = await server.UploadAsync(await server.KeyAsync("octo"), TestRecording.Job(), TestRecording.Small());
        foreach (var (format, mark) in new[]
        {
            ("sarif", "schemastore.org/sarif"), ("md", "refused"), ("ocsf.ndjson", "class_uid"), ("html", "<!DOCTYPE html>"), ("txt", "refused"),
        })
        {
            using var response = await visitor.SendAsync($"/jobs/{job.JobKey}/report.{format}");
            Assert.Contains(mark, await response.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
            Assert.Equal("attachment", response.Content.Headers.ContentDisposition!.DispositionType);
        }

        using var plain = await visitor.SendAsync($"/jobs/{job.JobKey}/report.json");
        var bytes = await plain.Content.ReadAsByteArrayAsync(Cancellation);
        Assert.NotNull(ReportJson.TryRead(bytes, out _));

        using var packedRequest = new HttpRequestMessage(HttpMethod.Get, new Uri($"/jobs/{job.JobKey}/report.json", UriKind.Relative));
        packedRequest.Headers.AcceptEncoding.ParseAdd("gzip, zstd");
        using var packed = await visitor.SendAsync(packedRequest);
        Assert.Equal("zstd", Assert.Single(packed.Content.Headers.ContentEncoding));
        using var unpacked = new ZstdSharp.DecompressionStream(await packed.Content.ReadAsStreamAsync(Cancellation));
        using var copy = new MemoryStream();
        await unpacked.CopyToAsync(copy, Cancellation);
        Assert.Equal(bytes, copy.ToArray());

        using var again = new HttpRequestMessage(HttpMethod.Get, new Uri($"/jobs/{job.JobKey}/report.json", UriKind.Relative));
        again.Headers.IfNoneMatch.Add(plain.Headers.ETag!);
        using var unchanged = await visitor.SendAsync(again);
        Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);
        using var unknown = await visitor.SendAsync($"/jobs/{job.JobKey}/report.exe");
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
    }

    [Theory]
    [MemberData(nameof(StoreKinds.Databases), MemberType = typeof(StoreKinds))]
    public async Task What_is_wrong_with_a_recording_is_said_on_the_page_and_in_its_state(StoreKind kind)
    {
        await using var server = await TestServer.StartAsync(kind, cluster);
        using var visitor = await Visitor.WithRoleAsync(server, "octo", Role.Viewer);
        var (one, other) = (TestRecording.Small(), TestRecording.Small(DateTimeOffset.UnixEpoch));
        var job = await server.RegisteredAsync(await server.KeyAsync("octo"), TestRecording.Job());
        Assert.Contains("Nothing of the job has come yet", await visitor.PageAsync($"/jobs/{job.JobKey}"), StringComparison.Ordinal);
        foreach (var segment in one.Take(2).Concat(other.Skip(2)))
        {
            using var put = await server.PutAsync(job, segment);
        }

        using var end = await server.EndAsync(job, one.Count + 4, undelivered: 3);
        await server.WorkDoneAsync();
        var page = await visitor.PageAsync($"/jobs/{job.JobKey}");
        var state = JsonNode.Parse(await visitor.PageAsync($"/jobs/{job.JobKey}/state"))!;
        foreach (var text in new[] { "broken at segment 3", "4 segments of", "could not deliver 3 segments" })
        {
            Assert.Contains(text, page, StringComparison.Ordinal);
            Assert.Contains(state["notices"]!.AsArray(), notice => ((string)notice!).Contains(text, StringComparison.Ordinal));
        }

        Assert.False((bool)state["isRunning"]!);
    }

    private static async Task<byte[]> BytesAsync(Visitor visitor, string path)
    {
        using var response = await visitor.SendAsync(path);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.Content.ReadAsByteArrayAsync(Cancellation);
    }
}
