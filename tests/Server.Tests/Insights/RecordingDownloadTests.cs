using System.Net;
using Sallyport.Protocol.Ingest;
using Sallyport.Server.Access;
using Sallyport.Server.Ingest;
using Sallyport.Server.Insights;
using Sallyport.Server.Tests.Ui;

namespace Sallyport.Server.Tests.Insights;

public sealed class RecordingDownloadTests(PostgresCluster cluster, ObjectStore objects)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(StoreKind.Sqlite, 1, 2, 3)]
    [InlineData(StoreKind.Sqlite, 1, 3)]
    [InlineData(StoreKind.PostgreSqlAndBucket, 1, 2, 3)]
    [InlineData(StoreKind.PostgreSqlAndBucket, 1, 3)]
    public async Task What_comes_and_is_joined_while_it_is_taken_changes_nothing_of_it(StoreKind kind, params int[] first)
    {
        HookedRecordings? store = null;
        await using var server = await StartAsync(kind, hooked => store = hooked);
        using var visitor = await Visitor.WithRoleAsync(server, "octo", Role.Viewer);
        var segments = TestRecording.Small();
        var job = await server.RegisteredAsync(await server.KeyAsync("octo"), TestRecording.Job());
        await server.PutAllAsync(job, segments.Where(segment => first.Contains((int)segment.Number)));
        store!.OnceOpened(name => name.Contains($"/{first[1]:D8}-", StringComparison.Ordinal), async () =>
        {
            await server.PutAllAsync(job, segments.Where(segment => !first.Contains((int)segment.Number)));
            using var end = await server.EndAsync(job, segments.Count);
            await server.WorkDoneAsync();
            Assert.Equal(FinishJob.Joined, (await server.RowAsync(job.JobKey))!.Recorded);
        });

        using var taken = await visitor.SendAsync($"/jobs/{job.JobKey}/recording.ndjson.zst");
        byte[] expected = [.. segments.Where(segment => first.Contains((int)segment.Number)).SelectMany(segment => segment.Bytes)];
        Assert.Equal(expected, await taken.Content.ReadAsByteArrayAsync(Cancellation));
        Assert.NotEqual(true, taken.Headers.TransferEncodingChunked);
        Assert.Equal(expected.Length, taken.Content.Headers.ContentLength);

        using var whole = await AskAsync(visitor, job, taken);
        Assert.Equal(segments.SelectMany(segment => segment.Bytes), await whole.Content.ReadAsByteArrayAsync(Cancellation));
        Assert.NotEqual(taken.Headers.ETag, whole.Headers.ETag);
        using var again = await AskAsync(visitor, job, whole);
        Assert.Equal(HttpStatusCode.NotModified, again.StatusCode);
    }

    [Fact]
    public async Task The_entity_tag_is_another_with_every_segment()
    {
        await using var server = await StartAsync(StoreKind.Sqlite, _ => { });
        using var visitor = await Visitor.WithRoleAsync(server, "octo", Role.Viewer);
        var job = await server.RegisteredAsync(await server.KeyAsync("octo"), TestRecording.Job());
        var tags = new HashSet<string>();
        foreach (var segment in TestRecording.Small().Take(3))
        {
            await server.PutAllAsync(job, [segment]);
            using var taken = await visitor.SendAsync($"/jobs/{job.JobKey}/recording.ndjson.zst");
            Assert.True(tags.Add(taken.Headers.ETag!.Tag));
            using var again = await AskAsync(visitor, job, taken);
            Assert.Equal(HttpStatusCode.NotModified, again.StatusCode);
        }
    }

    [Fact]
    public async Task One_that_is_removed_while_it_is_taken_breaks_off_and_does_not_look_whole()
    {
        HookedRecordings? store = null;
        await using var server = await StartAsync(StoreKind.Sqlite, hooked => store = hooked);
        using var visitor = await Visitor.WithRoleAsync(server, "octo", Role.Viewer);
        var segments = TestRecording.Small();
        var job = await server.RegisteredAsync(await server.KeyAsync("octo"), TestRecording.Job());
        await server.PutAllAsync(job, segments.Take(3));
        store!.OnceOpened(name => name.Contains("/00000002-", StringComparison.Ordinal), () => store.RemoveAsync(
            [.. segments.Take(3).Select(segment => SegmentRow.NameOf(job.JobKey, segment.Number, SegmentRow.DigestOf(segment.Bytes)))], Cancellation));
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => visitor.SendAsync($"/jobs/{job.JobKey}/recording.ndjson.zst"));

        using var gone = await visitor.SendAsync($"/jobs/{job.JobKey}/recording.ndjson.zst");
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
    }

    private async Task<TestServer> StartAsync(StoreKind kind, Action<HookedRecordings> made) =>
        await TestServer.StartAsync(
            kind, cluster, await objects.SettingsAsync(kind), builder => made(HookedRecordings.AddTo(builder.Services)));

    private static async Task<HttpResponseMessage> AskAsync(Visitor visitor, JobRegistered job, HttpResponseMessage before)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"/jobs/{job.JobKey}/recording.ndjson.zst", UriKind.Relative));
        request.Headers.IfNoneMatch.Add(before.Headers.ETag!);
        return await visitor.SendAsync(request);
    }
}
