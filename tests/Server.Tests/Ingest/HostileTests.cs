using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Sallyport.Protocol.Ingest;
using Sallyport.Protocol.Recording;
using Sallyport.Server.Access;
using Sallyport.Server.Store;
using ZstdSharp;

namespace Sallyport.Server.Tests.Ingest;

public sealed class HostileTests(PostgresCluster cluster, SharedServers servers) : IClassFixture<SharedServers>
{
    private const string TooLarge = "larger than a segment";

    // Who sends is gone.
    private const int NoAnswer = 0;

    // Window descriptors (RFC 8878 section 3.1.1.1.2): 2^(10 + the upper five bits).
    private const byte OneMebibyte = 10 << 3;
    private const byte Terabytes = 31 << 3;

    private static readonly Lazy<byte[]> TwoGigabytes = new(() => Zeros(2048));

    public static MatrixTheoryData<string, StoreKind> Bodies => new(
        [
            "empty", "text", "two gigabytes of zeros", "half a frame", "a frame and more", "two frames", "a bit changed", "no seal",
            "numbers from nowhere", "numbers without end", "a byte less than it says", "a byte more than it says", "terabytes as it says",
            "a window of terabytes", TooLarge,
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
    [InlineData("a byte less than it says")]
    [InlineData("a byte more than it says")]
    [InlineData("terabytes as it says")]
    [InlineData("a window of terabytes")]
    public void What_is_no_segment_costs_no_more_memory_than_one(string body)
    {
        var bytes = Make(body);
        using var reader = new SegmentReader();
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Null(reader.TryOpen(bytes, bytes.Length, SegmentReader.FirstSeal, out var mistake));
        Assert.NotNull(mistake);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, RecordingLimits.FrameBytes);
    }

    /// <summary>So that a frame made by hand is refused for what it says wrongly, and for nothing else.</summary>
    [Fact]
    public void A_frame_that_says_its_size_and_its_window_truly_is_a_segment()
    {
        var bytes = Framed(0, OneMebibyte);
        using var reader = new SegmentReader();
        Assert.True(reader.TryOpen(bytes, bytes.Length, SegmentReader.FirstSeal, out var mistake) is not null, mistake);
    }

    /// <summary>In whatever way a body comes, no more of it is read than there may be, and what is not whole is not kept.</summary>
    [Theory]
    [InlineData("PUT", "chunks without end", 413)]
    [InlineData("PUT", "chunks of one byte without end", 413)]
    [InlineData("PUT", "a length without end", 413)]
    [InlineData("PUT", "less than its length", NoAnswer)]
    [InlineData("PUT", "no chunk", 400)]
    [InlineData("PUT", "a segment in chunks", 200)]
    [InlineData("POST", "chunks without end", 413)]
    [InlineData("POST", "a length without end", 413)]
    public async Task A_body_whose_length_is_false_or_has_no_end_is_refused(string method, string body, int expected)
    {
        var server = await servers.OfAsync(StoreKind.Sqlite);
        var job = await server.RegisteredAsync(await server.KeyAsync("octo"), TestRecording.Job(runId: $"{method} {body}"));
        var segment = TestRecording.Small()[0].Bytes;
        var target = method == "PUT" ? $"/api/v1/jobs/{job.JobKey}/segments/1" : $"/api/v1/jobs/{job.JobKey}/end";
        using var client = await RawClient.OpenAsync(
            server.Address, $"{method} {target}", job.UploadToken, body.Contains("length", StringComparison.Ordinal)
                ? $"Content-Length: {(body.StartsWith("less", StringComparison.Ordinal) ? segment.Length + 1 : long.MaxValue)}"
                : "Transfer-Encoding: chunked");
        switch (body)
        {
            case "chunks without end":
                await client.SendChunksAsync(64 << 10, 2 * SegmentReader.MaximumPackedBytes);
                break;
            case "chunks of one byte without end":
                await client.SendChunksAsync(1, SegmentReader.MaximumPackedBytes + 2);
                break;
            case "less than its length":
                await client.SendAsync(segment);
                break;
            case "no chunk":
                await client.SendAsync("chunk\r\n"u8.ToArray());
                break;
            case "a segment in chunks":
                await client.SendChunksAsync(10, segment);
                await client.SendAsync("0\r\n\r\n"u8.ToArray());
                break;
            default:
                break;
        }

        if (expected != NoAnswer)
        {
            Assert.Equal(expected, await client.AnswerAsync());
        }

        // Whoever is cut off sends it again.
        client.Dispose();
        Assert.Equal(expected == 200 ? 1 : 0, (await server.RowAsync(job.JobKey))!.Segments);
        await server.PutAllAsync(job, TestRecording.Small().Take(1));
    }

    /// <summary>Each of them holds its buffer for as long as the sender likes.</summary>
    [Fact]
    public async Task A_job_has_so_many_segments_under_way_and_others_are_not_held_up()
    {
        var server = await servers.OfAsync(StoreKind.Sqlite);
        var key = await server.KeyAsync("octo");
        var (job, other) = (await server.RegisteredAsync(key, TestRecording.Job(runId: "slow")), await server.RegisteredAsync(key, TestRecording.Job(runId: "quick")));
        var segments = TestRecording.Small();
        var slow = new List<RawClient>();
        for (var number = 0; number < IngestLimits.SegmentsAtOnce; number++)
        {
            slow.Add(await RawClient.OpenAsync(
                server.Address, $"PUT /api/v1/jobs/{job.JobKey}/segments/1", job.UploadToken, $"Content-Length: {segments[0].Bytes.Length}"));
            await slow[^1].SendAsync(segments[0].Bytes[..10]);
        }

        HttpResponseMessage? refused = null;
        await Until.IsAsync(
            async () => (refused = await server.PutAsync(job.JobKey, long.MaxValue, [1], null, job.UploadToken)).StatusCode == HttpStatusCode.TooManyRequests,
            "one more is refused");
        Assert.Equal(TimeSpan.FromSeconds(1), refused!.Headers.RetryAfter!.Delta);
        await server.PutAllAsync(other, segments.Take(1));
        foreach (var one in slow)
        {
            await one.SendAsync(segments[0].Bytes[10..]);
            Assert.Equal(200, await one.AnswerAsync());
            one.Dispose();
        }

        await server.PutAllAsync(job, segments.Skip(1));
        Assert.Equal(segments.Count, (await server.RowAsync(job.JobKey))!.Segments);
    }

    /// <summary>However many jobs somebody registers: their buffers together are bounded, and given back.</summary>
    [Fact]
    public async Task A_server_has_so_many_bytes_under_way_of_all_jobs()
    {
        const int Whole = 4;
        var most = Whole * (SegmentReader.MaximumPackedBytes + 1);
        await using var server = await TestServer.StartAsync(
            StoreKind.Sqlite, cluster, new() { ["limits:uploadBytes"] = most.ToString(System.Globalization.CultureInfo.InvariantCulture) });
        var key = await server.KeyAsync("octo");
        var slow = new List<RawClient>();
        for (var number = 0; number < Whole; number++)
        {
            var job = await server.RegisteredAsync(key, TestRecording.Job(runId: $"slow {number}"));
            slow.Add(await RawClient.OpenAsync(
                server.Address, $"PUT /api/v1/jobs/{job.JobKey}/segments/1", job.UploadToken,
                number == 0 ? "Transfer-Encoding: chunked" : $"Content-Length: {SegmentReader.MaximumPackedBytes}"));
        }

        var other = await server.RegisteredAsync(key, TestRecording.Job());
        HttpResponseMessage? refused = null;
        await Until.IsAsync(
            async () => (refused = await server.PutAsync(other.JobKey, long.MaxValue, [1], null, other.UploadToken)).StatusCode == HttpStatusCode.TooManyRequests,
            "one more is refused");
        Assert.Equal(TimeSpan.FromSeconds(1), refused!.Headers.RetryAfter!.Delta);
        slow[0].Dispose();
        await Until.IsAsync(
            async () => (await server.PutAsync(other, TestRecording.Small()[0])).StatusCode == HttpStatusCode.OK, "there is room again");
        slow.ForEach(one => one.Dispose());
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

    public static TheoryData<string, int> Registrations => new()
    {
        { "{", 400 },
        { "null", 400 },
        { "[]", 400 },
        { "{\"runId\":7}", 400 },
        { "{\"repository\":null}", 400 },
        { Text(TestRecording.Job() with { Actor = new string('x', IngestLimits.TextCharacters) }), 200 },
        { Text(TestRecording.Job() with { Actor = new string('x', IngestLimits.TextCharacters + 1) }), 400 },
        { Text(TestRecording.Job() with { Actor = "\0" }), 400 },
        { Text(TestRecording.Job() with { Matrix = Matrix(IngestLimits.MatrixEntries, 1) }), 200 },
        { Text(TestRecording.Job() with { Matrix = Matrix(IngestLimits.MatrixEntries + 1, 1) }), 400 },
        { Text(TestRecording.Job() with { Matrix = Matrix(1, IngestLimits.TextCharacters + 1) }), 400 },
        { Text(TestRecording.Job()).PadRight(IngestLimits.MessageBytes), 200 },
        { Text(TestRecording.Job()).PadRight(IngestLimits.MessageBytes + 1), 413 },
    };

    [Theory]
    [MemberData(nameof(Registrations), DisableDiscoveryEnumeration = true)]
    public async Task A_registration_is_within_its_bounds_or_told_what_is_wrong(string json, int expected)
    {
        var server = await servers.OfAsync(StoreKind.Sqlite);
        using var request = new HttpRequestMessage(HttpMethod.Post, "api/v1/jobs") { Content = new StringContent(json, null, "application/json") };
        request.Headers.Authorization = new("Bearer", await server.KeyAsync("octo"));
        using var response = await server.Client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(expected, (int)response.StatusCode);
        Assert.Equal(expected == 200 ? "application/json" : "application/problem+json", response.Content.Headers.ContentType?.MediaType);
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
        var segments = TestRecording.Small();
        await using var server = await TestServer.StartAsync(kind, cluster, new()
        {
            ["limits:jobSegments"] = "3", ["limits:jobBytes"] = $"{segments[0].Bytes.Length}", ["limits:jobTextBytes"] = $"{64 << 10}",
            ["limits:credentialJobsPerHour"] = "2",
        });
        var key = await server.KeyAsync("octo");
        var job = await server.RegisteredAsync(key, TestRecording.Job());
        async Task RefusedAsync(JobRegistered to, TestSegment segment, string why)
        {
            using var put = await server.PutAsync(to, segment);
            Assert.Equal(HttpStatusCode.RequestEntityTooLarge, put.StatusCode);
            Assert.Contains(why, await put.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        }

        await RefusedAsync(job, segments[3], "at most 3 segments");
        await server.PutAllAsync(job, segments.Take(1));
        await RefusedAsync(job, segments[1], $"at most {segments[0].Bytes.Length} bytes.");
        Assert.Equal(1, (await server.RowAsync(job.JobKey))!.Segments);
        // Its end is said all the same, with what there was.
        using var end = await server.EndAsync(job, 5, undelivered: 5);
        Assert.Equal(HttpStatusCode.OK, end.StatusCode);
        var second = await server.RegisteredAsync(key, TestRecording.Job(runId: "2"));
        var wide = TestRecording.Of([((RecordingStarted)TestRecording.Events(DateTimeOffset.UnixEpoch).First()) with { Command = [new string('x', 64 << 10)] }]);
        await RefusedAsync(second, wide[0], $"at most {64 << 10} bytes, unpacked");
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
            "a byte less than it says" => Framed(1, OneMebibyte),
            "a byte more than it says" => Framed(-1, OneMebibyte),
            "terabytes as it says" => Framed(1L << 42, OneMebibyte),
            "a window of terabytes" => Framed(0, Terabytes),
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

    private static string Text(JobRegistration job) => JsonSerializer.Serialize(job, IngestJson.Default.JobRegistration);

    private static ImmutableSortedDictionary<string, string> Matrix(int entries, int characters) =>
        Enumerable.Range(0, entries).ToImmutableSortedDictionary(entry => $"{entry}", _ => new string('x', characters));

    // RFC 8878 section 3.1.1: a frame with a window and a content size of 8 bytes, and one block that is raw and the last.
    private static byte[] Framed(long more, byte window)
    {
        using var decompressor = new Decompressor();
        var text = decompressor.Unwrap(TestRecording.Small()[0].Bytes);
        var (size, block) = (new byte[8], new byte[4]);
        BinaryPrimitives.WriteInt64LittleEndian(size, text.Length + more);
        BinaryPrimitives.WriteInt32LittleEndian(block, (text.Length << 3) | 1);
        return [0x28, 0xb5, 0x2f, 0xfd, 0b1100_0000, window, .. size, .. block.AsSpan(0, 3), .. text];
    }

    [Fact]
    public async Task The_least_rate_of_a_body_is_the_documented_one()
    {
        var server = await servers.OfAsync(StoreKind.Sqlite);
        var rate = server.Services.GetRequiredService<IOptions<KestrelServerOptions>>().Value.Limits.MinRequestBodyDataRate!;
        Assert.Equal((4096, TimeSpan.FromSeconds(30)), (rate.BytesPerSecond, rate.GracePeriod));
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
