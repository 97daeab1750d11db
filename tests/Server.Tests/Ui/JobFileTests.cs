using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Sallyport.Protocol.Recording;
using Sallyport.Protocol.Report;
using Sallyport.Server.Access;
using Sallyport.Server.Insights;
using Sallyport.Server.Work;

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

    [Theory]
    [MemberData(nameof(StoreKinds.Databases), MemberType = typeof(StoreKinds))]
    public async Task A_job_of_which_nothing_came_has_ended_and_is_among_those_without_protection(StoreKind kind)
    {
        await using var server = await TestServer.StartAsync(kind, cluster);
        using var visitor = await Visitor.WithRoleAsync(server, "octo", Role.Viewer);
        var job = await server.RegisteredAsync(await server.KeyAsync("octo"), TestRecording.Job());
        using var end = await server.EndAsync(job, 3, undelivered: 3);
        await server.WorkDoneAsync();
        var state = JsonNode.Parse(await visitor.PageAsync($"/jobs/{job.JobKey}/state"))!;
        Assert.Equal(("ended: nothing came", 15_000, false), ((string?)state["state"], (int)state["lookAgainMs"]!, (bool)state["hasReport"]!));
        Assert.Contains("could not deliver 3 segments", await visitor.PageAsync($"/jobs/{job.JobKey}"), StringComparison.Ordinal);
        foreach (var list in new[] { "/unprotected", "/unprotected?why=lost", "/runs?with=unprotected" })
        {
            Assert.Contains(job.JobKey, await visitor.PageAsync(list), StringComparison.Ordinal);
        }

        Assert.Contains("nothing of its recording came", await visitor.PageAsync("/unprotected"), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(StoreKinds.Databases), MemberType = typeof(StoreKinds))]
    public async Task A_report_that_is_made_anew_is_another_for_the_page_and_for_who_has_the_earlier_one(StoreKind kind)
    {
        var time = new HandTime();
        await using var server = await TestServer.StartAsync(kind, cluster, change: builder => builder.Services.AddSingleton<TimeProvider>(time));
        using var visitor = await Visitor.WithRoleAsync(server, "octo", Role.Viewer);
        var segments = TestRecording.Small();
        var job = await server.RegisteredAsync(await server.KeyAsync("octo"), TestRecording.Job());
        await server.PutAllAsync(job, segments.Where(segment => segment.Number is 1 or 4 or 5));
        using var end = await server.EndAsync(job, segments.Count);
        await server.WorkDoneAsync();
        // It has come, and the report is still the one without it.
        await server.PutAllAsync(job, segments.Where(segment => segment.Number == 2));
        async Task<string> VersionAsync() => (string)JsonNode.Parse(await visitor.PageAsync($"/jobs/{job.JobKey}/state"))!["version"]!;
        var version = await VersionAsync();
        using var before = await visitor.SendAsync($"/jobs/{job.JobKey}/report.json");
        time.Pass(TimeSpan.FromSeconds(10));
        server.Services.GetRequiredService<WorkQueue>().Wake();
        await server.WorkDoneAsync();

        Assert.NotEqual(version, await VersionAsync());
        using var again = new HttpRequestMessage(HttpMethod.Get, new Uri($"/jobs/{job.JobKey}/report.json", UriKind.Relative));
        again.Headers.IfNoneMatch.Add(before.Headers.ETag!);
        using var after = await visitor.SendAsync(again);
        Assert.Equal(HttpStatusCode.OK, after.StatusCode);
        Assert.NotEqual(await before.Content.ReadAsStringAsync(Cancellation), await after.Content.ReadAsStringAsync(Cancellation));
    }

    [Fact]
    public async Task A_report_is_rendered_when_there_is_room_for_it()
    {
        HookedRecordings? store = null;
        await using var server = await TestServer.StartAsync(StoreKind.Sqlite, cluster, change: builder =>
        {
            store = HookedRecordings.AddTo(builder.Services);
            builder.Services.AddSingleton(new ReportGate(1, TimeSpan.FromMilliseconds(100)));
        });
        using var visitor = await Visitor.WithRoleAsync(server, "octo", Role.Operator);
        var job = await server.UploadAsync(await server.KeyAsync("octo"), TestRecording.Job(), TestRecording.Small());
        var row = (await server.RowAsync(job.JobKey))!;
        var told = new List<(HttpStatusCode, string)>();
        async Task TellAsync(HttpResponseMessage answer) =>
            told.Add((answer.StatusCode, await answer.Content.ReadAsStringAsync(Cancellation)));
        store!.OnceOpened(name => name == row.ReportName, async () =>
        {
            using var second = await visitor.SendAsync($"/jobs/{job.JobKey}/report.md");
            await TellAsync(second);
            Assert.NotNull(second.Headers.RetryAfter);
            using var preview = await visitor.PostAsync(
                "/policies/edit?owner=octo&name=p", "/policies/edit?handler=Preview", ("owner", "octo"), ("name", "p"), ("text", "version: 1\nmode: block\n"));
            await TellAsync(preview);
        });
        using var first = await visitor.SendAsync($"/jobs/{job.JobKey}/report.txt");
        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        Assert.Equal(2, told.Count);
        Assert.All(told, answer => Assert.Equal(
            (HttpStatusCode.ServiceUnavailable, true), (answer.Item1, answer.Item2.Contains("Other reports are being read", StringComparison.Ordinal))));
        using var again = await visitor.SendAsync($"/jobs/{job.JobKey}/report.md");
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        // The answer is with the client before the server is done with it.
        await Until.IsAsync(
            () => Task.FromResult(!Directory.EnumerateFileSystemEntries(server.Settings.WorkFolder).Any()), "what was rendered is removed");

        // Beyond what is rendered; as it is kept, it is there.
        using var compressor = new ZstdSharp.Compressor();
        var large = new byte[Reports.MaximumDocumentBytes + 1];
        large.AsSpan().Fill((byte)' ');
        await store.PutAsync(row.ReportName, compressor.Wrap(large).ToArray(), Cancellation);
        using var refused = await visitor.SendAsync($"/jobs/{job.JobKey}/report.md");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        Assert.Contains("64 MiB", await refused.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
        using var kept = await visitor.SendAsync($"/jobs/{job.JobKey}/report.json");
        Assert.Equal((HttpStatusCode.OK, large.Length), (kept.StatusCode, (await kept.Content.ReadAsByteArrayAsync(Cancellation)).Length));
        using var previewed = await visitor.PostAsync(
            "/policies/edit?owner=octo&name=p", "/policies/edit?handler=Preview", ("owner", "octo"), ("name", "p"), ("text", "version: 1\nmode: block\n"));
        Assert.Contains("not looked at: The report has more than", await previewed.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
    }

    private static async Task<byte[]> BytesAsync(Visitor visitor, string path)
    {
        using var response = await visitor.SendAsync(path);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.Content.ReadAsByteArrayAsync(Cancellation);
    }
}
