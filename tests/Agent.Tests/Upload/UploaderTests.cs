using Sallyport.Agent.Upload;
using Sallyport.Protocol.Ingest;
using Sallyport.Protocol.Recording;

namespace Sallyport.Agent.Tests.Upload;

/// <summary>What becomes of a recording whose server is in trouble, through the curl of the machine.</summary>
public sealed class UploaderTests : IDisposable
{
    private const int Segments = 5;
    private const string Register = "/api/v1/jobs";
    private const string End = "/api/v1/jobs/j1/end";

    private readonly TestFolder folder = new();
    private readonly List<TimeSpan> waits = [];

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_recording_goes_segment_by_segment_and_its_end_is_said()
    {
        using var server = new ScriptedServer();
        var result = Send(server);
        Assert.Equal((0, null, "https://sallyport.test/jobs/j1"), (result.Undelivered, result.Failure, result.Page));
        Assert.Equal(["POST " + Register, .. Enumerable.Range(1, Segments).Select(Put), "POST " + End], server.Asked);
        Assert.Equal("""{"segments":5,"undelivered":0}""", server.End);
        Assert.Empty(waits);
    }

    [Theory]
    [InlineData("503 Service Unavailable\r\nRetry-After: 7", 7)]
    [InlineData("429 Too Many Requests\r\nretry-after:  60", 60)]
    [InlineData("429 Too Many Requests\r\nRetry-After: 86400", 300)]
    [InlineData("429 Too Many Requests\r\nRetry-After: 99999999999999999999", 300)]
    [InlineData("503 Service Unavailable\r\nRetry-After: Thu, 01 Jan 1970 00:00:00 GMT", 0.5)]
    [InlineData("503 Service Unavailable\r\nRetry-After: Fri, 31 Dec 9999 23:59:59 GMT", 300)]
    [InlineData("503 Service Unavailable\r\nRetry-After: -1", 0.5)]
    [InlineData("503 Service Unavailable\r\nRetry-After: soon", 0.5)]
    [InlineData("500 Oops", 0.5)]
    [InlineData("408 Request Timeout", 0.5)]
    [InlineData(ScriptedServer.Cut, 0.5)]
    public void What_may_pass_is_tried_again_after_as_long_as_the_server_asks_for(string trouble, double seconds)
    {
        foreach (var where in new[] { Register, Put(3)[4..], End })
        {
            waits.Clear();
            using var server = new ScriptedServer((path, before) => path == where && before == 0 ? trouble : null);
            var result = Send(server);
            Assert.Equal((where, 0, null), (where, result.Undelivered, result.Failure));
            Assert.Equal([TimeSpan.FromSeconds(seconds)], waits);
            Assert.Equal(Segments, server.Segments.Count);
            Assert.Equal("""{"segments":5,"undelivered":0}""", server.End);
        }
    }

    [Fact]
    public void Each_failure_is_followed_by_a_longer_wait_up_to_half_a_minute()
    {
        using var server = new ScriptedServer((_, _) => "503 Service Unavailable");
        var result = Send(server, patience: 9);
        Assert.Equal(Segments, result.Undelivered);
        Assert.Equal([0.5, 1, 2, 4, 8, 16, 30, 30, 30], waits.Select(wait => wait.TotalSeconds));
        Assert.StartsWith("HTTP 503", result.Failure, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("401 Unauthorized", false)]
    [InlineData("409 Conflict", false)]
    [InlineData("413 Content Too Large", true)]
    [InlineData("422 Unprocessable Content", true)]
    public void What_the_server_will_not_have_is_not_sent_again_and_counted(string refusal, bool isEnded)
    {
        using var server = new ScriptedServer((path, _) => path == Put(3)[4..] ? refusal : null);
        var result = Send(server);
        Assert.Equal((1, "HTTP " + refusal[..3]), (result.Undelivered, result.Failure));
        Assert.Single(server.Asked, one => one == Put(3));
        Assert.Empty(waits);
        // Where the job is its own, the server is told how much is missing; otherwise it would wait for it.
        Assert.Equal(isEnded ? """{"segments":5,"undelivered":1}""" : null, server.End);
    }

    [Theory]
    [InlineData("400 Bad Request")]
    [InlineData("403 Forbidden")]
    [InlineData("301 Moved Permanently\r\nLocation: http://127.0.0.1:1/")]
    public void A_job_that_is_not_registered_sends_nothing(string refusal)
    {
        using var server = new ScriptedServer((_, _) => refusal);
        var result = Send(server);
        Assert.Equal((Segments, null), (result.Undelivered, result.Page));
        Assert.Equal(["POST " + Register], server.Asked);
    }

    [Fact]
    public void A_server_that_hangs_costs_the_time_of_one_request_and_loses_nothing()
    {
        // The machine may take as long for the answer to another request: then with more time for each.
        for (var seconds = 3; waits.Count != 1; seconds *= 4)
        {
            Assert.True(seconds < 60);
            waits.Clear();
            using var server = new ScriptedServer((path, before) => path == Put(2)[4..] && before == 0 ? ScriptedServer.Hang : null);
            var result = Send(server, seconds: seconds);
            Assert.Equal((0, null), (result.Undelivered, result.Failure));
            Assert.Equal(Segments, server.Segments.Count);
        }
    }

    [Fact]
    public void Nobody_there_is_no_answer()
    {
        string address;
        using (var server = new ScriptedServer())
        {
            address = server.Address;
        }

        var result = Send(address, Segments, patience: 2);
        Assert.Equal(Segments, result.Undelivered);
        Assert.Contains("Failed to connect", result.Failure, StringComparison.Ordinal);
    }

    [Fact]
    public void However_long_the_recording_is_a_few_segments_are_in_hand_and_one_is_tried_in_trouble()
    {
        var trouble = true;
        using var server = new ScriptedServer((path, _) => trouble && path.Contains("/segments/", StringComparison.Ordinal) ? "503 Busy" : null);
        var result = Send(server.Address, 300, patience: 8, onWait: () => trouble = waits.Count < 5);
        Assert.Equal((0L, 300), (result.Undelivered, server.Segments.Count));
        var asked = server.Asked.Skip(1).Take(32 + 5).ToList();
        Assert.Equal(32, asked.Distinct().Count());
        Assert.All(asked[32..], one => Assert.Equal(Put(1), one));
    }

    /// <summary>Whatever a server says to it, an earlier one too; and nothing is late by it.</summary>
    [Theory]
    [InlineData(null)]
    [InlineData("409 Conflict")]
    [InlineData("429 Too Many Requests\r\nRetry-After: 60")]
    [InlineData("503 Service Unavailable")]
    [InlineData(ScriptedServer.Cut)]
    public void A_job_in_which_nothing_happens_sends_its_last_segment_again_every_five_minutes(string? answer)
    {
        using var server = new ScriptedServer((path, before) => path == Put(2)[4..] && before is 1 or 2 ? answer : null);
        var path = Path.Combine(folder.Path, "recording.ndjson.zst");
        using var written = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read, 0);
        using var writer = new RecordingWriter(written);
        void Write(RecordedEvent recorded)
        {
            Assert.True(writer.Write(recorded));
            writer.Seal();
        }

        var clock = new HandClock(DateTimeOffset.UnixEpoch);
        Write(new RecordingStarted("0.1.0", clock.GetUtcNow(), "6.18", "x86_64", "audit", "observing", [], ["make"], "/", "ada", [], null) { BootTimeNs = 1 });
        Write(new EventsLost("test", 2) { BootTimeNs = 2 });
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 0);
        using var tail = new RecordingTail(stream);
        using var http = new CurlClient(Path.Combine(folder.Path, "curl"));
        var uploader = new Uploader(new UploadTarget(new Uri(server.Address), "key"), new RecordedIdentity("machine", OfRunner: false, null), http, clock, time =>
        {
            waits.Add(time);
            clock.Pass(time);
            if (clock.GetUtcNow() == DateTimeOffset.UnixEpoch + TimeSpan.FromMinutes(14))
            {
                Write(new EventsLost("test", 3) { BootTimeNs = 3 });
                Write(new RecordingEnded(clock.GetUtcNow(), 0, null) { BootTimeNs = 4 });
            }

            return true;
        });
        Assert.Equal((0L, null), (uploader.Run(tail, () => false), uploader.Failure));
        Assert.Equal(["POST " + Register, Put(1), Put(2), Put(2), Put(2), Put(3), Put(4), "POST " + End], server.Asked);
        Assert.All(waits, wait => Assert.Equal(TimeSpan.FromMilliseconds(500), wait));
        Assert.Equal("""{"segments":4,"undelivered":0}""", server.End);
    }

    private static string Put(int number) => $"PUT /api/v1/jobs/j1/segments/{number}";

    private Sent Send(ScriptedServer server, int patience = 4, int seconds = 20) => Send(server.Address, Segments, patience, seconds);

    private Sent Send(string address, int segments, int patience = 4, int seconds = 20, Action? onWait = null)
    {
        using var stream = File.OpenRead(WrittenRecording.Of(folder, segments));
        using var tail = new RecordingTail(stream);
        using var http = new CurlClient(Path.Combine(folder.Path, "curl")) { Seconds = seconds };
        var uploader = new Uploader(new UploadTarget(new Uri(address), "key"), new RecordedIdentity("machine", OfRunner: false, null), http, TimeProvider.System, time =>
        {
            waits.Add(time);
            onWait?.Invoke();
            return waits.Count < patience;
        });
        return new Sent(uploader.Run(tail, () => true), uploader.Failure, uploader.Page?.ToString());
    }

    private sealed record Sent(long Undelivered, string? Failure, string? Page);
}
