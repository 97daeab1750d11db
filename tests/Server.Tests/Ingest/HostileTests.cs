using System.Collections.Immutable;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Sallyport.Protocol.Ingest;
using Sallyport.Protocol.Recording;
using Sallyport.Server.Access;
using Sallyport.Server.Store;
using ZstdSharp;

namespace Sallyport.Server.Tests.Ingest;

public sealed class HostileTests(PostgresCluster cluster, SharedServers servers) : IClassFixture<SharedServers>
{
    private const string TooLarge = "larger than a segment";

    private static readonly Lazy<byte[]> TwoGigabytes = new(() => Zeros(2048));

    public static MatrixTheoryData<string, StoreKind> Bodies => new(
        [
            "empty", "text", "two gigabytes of zeros", "half a frame", "a frame and more", "two frames", "a bit changed", "no seal",
            "numbers from nowhere", "numbers without end", TooLarge,
        ],
        [StoreKind.Sqlite, StoreKind.PostgreSql]);

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task What_is_no_segment_is_refused_and_nothing_of_it_kept(string body, StoreKind kind)
    {
        var server = await servers.OfAsync(kind);
        var job = await server.RegisteredAsync(await server.KeyAsync("octo"), TestRecording.Job(runId: body));
        var bytes = Make(body);
        using var response = await server.PutAsync(job.JobKey, 1, bytes, null, job.UploadToken);
        Assert.Equal(body == TooLarge ? HttpStatusCode.RequestEntityTooLarge : HttpStatusCode.UnprocessableEntity, response.StatusCode);
        var row = await server.RowAsync(job.JobKey);
        Assert.Equal(0, row!.Segments);
        Assert.False(Directory.Exists(Path.Combine(server.Settings.DataFolder, "recordings", "jobs", job.JobKey)));
    }

    /// <summary>On this thread, so that what other tests allocate meanwhile is not counted.</summary>
    [Theory]
    [InlineData("empty")]
    [InlineData("text")]
    [InlineData("two gigabytes of zeros")]
    [InlineData("half a frame")]
    [InlineData("a frame and more")]
    [InlineData("two frames")]
    [InlineData("a bit changed")]
    [InlineData("no seal")]
    [InlineData("numbers from nowhere")]
    [InlineData("numbers without end")]
    public void What_is_no_segment_costs_no_more_memory_than_one(string body)
    {
        var bytes = Make(body);
        using var reader = new SegmentReader();
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Null(reader.TryOpen(bytes, bytes.Length, SegmentReader.FirstSeal, out var mistake));
        Assert.NotNull(mistake);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, RecordingLimits.FrameBytes);
    }

    [Theory]
    [MemberData(nameof(StoreKinds.Databases), MemberType = typeof(StoreKinds))]
    public async Task A_jobs_token_is_for_that_job_alone(StoreKind kind)
    {
        await using var server = await TestServer.StartAsync(kind, cluster);
        var key = await server.KeyAsync("octo");
        var mine = await server.RegisteredAsync(key, TestRecording.Job());
        var other = await server.RegisteredAsync(key, TestRecording.Job(runId: "200"));
        var segment = TestRecording.Small()[0];
        foreach (var credential in new[] { mine.UploadToken, key, "", "spk_x_y", new string('a', 64) })
        {
            using var response = await server.PutAsync(other, segment, credential.Length == 0 ? "x" : credential);
            Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        }

        using var accepted = await server.PutAsync(other, segment);
        Assert.Equal(HttpStatusCode.OK, accepted.StatusCode);
    }

    [Theory]
    [MemberData(nameof(StoreKinds.Databases), MemberType = typeof(StoreKinds))]
    public async Task A_key_is_for_its_owner_alone_and_ends_when_it_is_revoked(StoreKind kind)
    {
        await using var server = await TestServer.StartAsync(kind, cluster);
        var keys = server.Services.GetRequiredService<ApiKeys>();
        var (id, key) = await keys.CreateAsync("octo", "image", ApiKeyRow.AgentScope, Actor.Console, default);
        using var foreign = await server.RegisterAsync(key, TestRecording.Job("acme/site"));
        Assert.Equal(HttpStatusCode.Forbidden, foreign.StatusCode);
        using var own = await server.RegisterAsync(key, TestRecording.Job());
        Assert.Equal(HttpStatusCode.OK, own.StatusCode);
        Assert.NotNull((await keys.ListAsync("octo", default)).Single().LastUsedMs);
        Assert.True(await keys.RevokeAsync("octo", id, Actor.Console, default));
        using var revoked = await server.RegisterAsync(key, TestRecording.Job());
        Assert.Equal(HttpStatusCode.Unauthorized, revoked.StatusCode);
    }

    /// <summary>NUL and half a surrogate pair are no text for PostgreSQL.</summary>
    [Theory]
    [MemberData(nameof(StoreKinds.Databases), MemberType = typeof(StoreKinds))]
    public async Task What_a_job_writes_into_names_reaches_the_lists_cleaned(StoreKind kind)
    {
        await using var server = await TestServer.StartAsync(kind, cluster);
        var finding = new FindingRaised(
            "dns-encoded-name", "a\0title", "high", "reported",
            ImmutableDictionary<string, string>.Empty.Add("name", new string('x', 399) + "\ud83d\ude00\0"), null, null)
        {
            BootTimeNs = 1,
        };
        var events = TestRecording.Events(DateTimeOffset.UnixEpoch).ToList();
        events.Insert(events.Count - 1, finding);
        await server.UploadAsync(await server.KeyAsync("octo"), TestRecording.Job(), TestRecording.Of(events));
        var titles = await server.Services.GetRequiredService<Database>().ListAsync<string>(
            "SELECT title FROM finding WHERE detector = 'dns-encoded-name'", null, TestContext.Current.CancellationToken);
        Assert.Equal(["atitle"], titles);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{\"runId\":7}")]
    [InlineData("{\"repository\":null}")]
    public async Task A_broken_registration_is_told_what_is_wrong(string json)
    {
        var server = await servers.OfAsync(StoreKind.Sqlite);
        using var request = new HttpRequestMessage(HttpMethod.Post, "api/v1/jobs") { Content = new StringContent(json, null, "application/json") };
        request.Headers.Authorization = new("Bearer", await server.KeyAsync("octo"));
        using var response = await server.Client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
    }

    [Theory]
    [InlineData("octo")]
    [InlineData("octo/site/x")]
    [InlineData("/site")]
    [InlineData("octo/machine:forged")]
    public async Task A_repository_that_is_none_is_refused(string repository)
    {
        var server = await servers.OfAsync(StoreKind.Sqlite);
        using var response = await server.RegisterAsync(await server.KeyAsync("octo"), TestRecording.Job(repository));
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Theory]
    [MemberData(nameof(StoreKinds.Databases), MemberType = typeof(StoreKinds))]
    public async Task A_job_sends_no_more_than_its_bounds(StoreKind kind)
    {
        await using var server = await TestServer.StartAsync(
            kind, cluster, new() { ["limits:jobSegments"] = "3", ["limits:jobBytes"] = "100", ["limits:credentialJobsPerHour"] = "2" });
        var key = await server.KeyAsync("octo");
        var job = await server.RegisteredAsync(key, TestRecording.Job());
        var segments = TestRecording.Small();
        using var many = await server.PutAsync(job, segments[3]);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, many.StatusCode);
        using var large = await server.PutAsync(job, segments[0]);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, large.StatusCode);
        // Its end is said all the same, with what there was.
        using var end = await server.EndAsync(job, 5, undelivered: 5);
        Assert.Equal(HttpStatusCode.OK, end.StatusCode);
        using var second = await server.RegisterAsync(key, TestRecording.Job(runId: "2"));
        Assert.Equal(HttpStatusCode.OK, second.StatusCode);
        using var third = await server.RegisterAsync(key, TestRecording.Job(runId: "3"));
        Assert.Equal(HttpStatusCode.TooManyRequests, third.StatusCode);
        Assert.NotNull(third.Headers.RetryAfter);
    }

    private static byte[] Make(string body)
    {
        var segments = TestRecording.Small();
        var whole = segments[0].Bytes;
        return body switch
        {
            "empty" => [],
            "text" => "GET / HTTP/1.1"u8.ToArray(),
            "two gigabytes of zeros" => TwoGigabytes.Value,
            "half a frame" => whole[..(whole.Length / 2)],
            "a frame and more" => [.. whole, 1],
            "two frames" => [.. whole, .. segments[1].Bytes],
            "a bit changed" => Changed(whole),
            "no seal" => Packed("{\"v\":1,\"seq\":1,\"t\":1,\"type\":\"eventsLost\",\"reason\":\"x\",\"count\":1}\n"),
            "numbers from nowhere" => Numbered(5, 9),
            "numbers without end" => Numbered(long.MaxValue - 1, long.MaxValue),
            _ => new byte[SegmentReader.MaximumPackedBytes + 1],
        };
    }

    // The text is changed and packed anew: only the seal can tell.
    private static byte[] Changed(byte[] whole)
    {
        using var decompressor = new Decompressor();
        var text = System.Text.Encoding.UTF8.GetString(decompressor.Unwrap(whole));
        return Packed(text.Replace("\"v\":1", "\"v\":2", StringComparison.Ordinal));
    }

    private static byte[] Numbered(long first, long second)
    {
        var lines = $"{{\"v\":1,\"seq\":{first},\"t\":1,\"type\":\"x\"}}\n{{\"v\":1,\"seq\":{second},\"t\":1,\"type\":\"x\"}}\n";
        var seal = System.Security.Cryptography.SHA256.HashData([.. new byte[32], .. System.Text.Encoding.UTF8.GetBytes(lines)]);
        return Packed($"{lines}{{\"seal\":\"{Convert.ToHexStringLower(seal)}\"}}\n");
    }

    private static byte[] Packed(string text)
    {
        using var compressor = new Compressor();
        return compressor.Wrap(System.Text.Encoding.UTF8.GetBytes(text)).ToArray();
    }

    private static byte[] Zeros(int mebibytes)
    {
        using var packed = new MemoryStream();
        using (var stream = new CompressionStream(packed, 1, leaveOpen: true))
        {
            var block = new byte[1 << 20];
            for (var i = 0; i < mebibytes; i++)
            {
                stream.Write(block);
            }
        }

        return packed.ToArray();
    }
}
