using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Sallyport.Protocol.Ingest;
using Sallyport.Server.Access;
using Sallyport.Server.Insights;
using Sallyport.Server.Tests.Replicas;

namespace Sallyport.Server.Tests.Commands;

/// <summary>The program as it is started: address and link, the demonstration, signals.</summary>
public sealed class ServeTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("sallyport-serve-").FullName;
    private readonly int port = FreePort();

    // {"alg":"RS256"} . {"iss":"https://token.example.test"} . …
    private const string Stranger = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJodHRwczovL3Rva2VuLmV4YW1wbGUudGVzdCJ9.c2lnbmF0dXJl";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string[] Where => ["--set", $"listen=http://127.0.0.1:{port}", "--set", $"dataFolder={folder}"];

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task It_says_where_it_is_and_finishes_an_upload_that_is_under_way_when_it_is_told_to_stop()
    {
        var segment = TestRecording.Small()[0];
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        await using var server = ServerProgram.Start(Where);
        var said = await server.UntilAsync("admin-link");
        Assert.Equal($"sallyport-server  http://localhost:{port}/", said[0]);
        Assert.Contains($"administrator   http://localhost:{port}/sign-in/link/", said[1], StringComparison.Ordinal);
        Assert.Equal("ready", await client.GetStringAsync(new Uri("health/ready", UriKind.Relative), Cancellation));

        // A second one on the same folder would be two writers of one database.
        var second = await ServerProgram.RunAsync(["--set", "listen=http://127.0.0.1:0", "--set", $"dataFolder={folder}"]);
        Assert.Equal(70, second.ExitCode);
        Assert.Contains(folder, second.Errors, StringComparison.Ordinal);

        var made = await ServerProgram.RunAsync(["api-key", "octo", .. Where]);
        Assert.True(made.ExitCode == 0, made.Errors);
        using (var strange = await SendAsync(client, Stranger))
        {
            Assert.Equal(HttpStatusCode.Unauthorized, strange.StatusCode);
        }

        var job = await RegisterAsync(client, made.Output.Trim());
        using var upload = new TcpClient();
        await upload.ConnectAsync(IPAddress.Loopback, port, Cancellation);
        var stream = upload.GetStream();
        var half = segment.Bytes.Length / 2;
        await stream.WriteAsync(
            Encoding.ASCII.GetBytes(
                $"PUT /api/v1/jobs/{job.JobKey}/segments/1 HTTP/1.1\r\nHost: localhost:{port}\r\nAuthorization: Bearer {job.UploadToken}\r\n"
                + $"Content-Type: application/zstd\r\nContent-Length: {segment.Bytes.Length}\r\n\r\n"),
            Cancellation);
        await stream.WriteAsync(segment.Bytes.AsMemory(0, half), Cancellation);
        await server.TerminateAsync();
        await UntilNobodyListensAsync();
        await stream.WriteAsync(segment.Bytes.AsMemory(half), Cancellation);
        using (var reader = new StreamReader(stream))
        {
            Assert.Equal("HTTP/1.1 200 OK", await reader.ReadLineAsync(Cancellation));
        }

        Assert.Equal(0, await server.EndAsync());
        // No terminal: a log line is an object, what it tells of has fields of its own.
        var lines = (await server.ErrorsAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonSerializer.Deserialize<JsonElement>(line)).ToList();
        var refused = Assert.Single(lines, line => line.GetProperty("Category").GetString() == typeof(JobTokens).FullName);
        Assert.Equal(
            (1, "Information", "a job's token was refused: its issuer is not configured", "its issuer is not configured"),
            (refused.GetProperty("EventId").GetInt32(), refused.GetProperty("LogLevel").GetString(), refused.GetProperty("Message").GetString(),
                refused.GetProperty("State").GetProperty("Why").GetString()));
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$", refused.GetProperty("Timestamp").GetString());
        Assert.DoesNotContain(lines, line => line.GetRawText().Contains(Stranger.Split('.')[1], StringComparison.Ordinal));

        var corpus = Path.Combine(TestFile.Root, "corpus");
        var recordings = Directory.GetDirectories(corpus).Count(folder => File.Exists(Path.Combine(folder, "recording.ndjson.zst")));
        await using var again = ServerProgram.Start([.. Where, "--demo", corpus]);
        var told = (await again.UntilAsync("demonstration"))[^1];
        Assert.Contains($"demonstration   {recordings} recordings of {corpus} were sent; ", told, StringComparison.Ordinal);
        Assert.EndsWith("segments that were tampered with were refused", told, StringComparison.Ordinal);
        await Until.NothingAsync(async () =>
        {
            var jobs = await FolderDatabase.ListAsync<JobRow>(folder, "SELECT * FROM job WHERE owner = 'demo'");
            // One was tampered with.
            return jobs.Count == recordings && jobs.TrueForAll(job => job is { Recorded: not null, Processes: > 0 })
                && jobs.Count(job => job.Undelivered > 0) == 1
                ? null
                : $"{recordings} jobs, each folded, but {string.Join(", ", jobs.Select(job => $"{job.Name} {job.Recorded} {job.Processes} {job.Undelivered}"))}";
        });
        Assert.Equal(2, (await RegisterAsync(client, made.Output.Trim())).NextSegment);
        await again.TerminateAsync();
        Assert.Equal(0, await again.EndAsync());
    }

    [Theory]
    [InlineData("nothing", "has no recording: files named *.ndjson.zst")]
    [InlineData("noise", "x.ndjson.zst is not a recording: it has no beginning")]
    [InlineData("refused", "recording.ndjson.zst was not taken: PUT api/v1/jobs/")]
    public async Task A_demonstration_that_is_not_all_there_says_so_and_ends(string kind, string said)
    {
        var recordings = Directory.CreateDirectory(Path.Combine(folder, "recordings-of-demo")).FullName;
        if (kind == "noise")
        {
            await File.WriteAllTextAsync(Path.Combine(recordings, "x.ndjson.zst"), "no frame", Cancellation);
        }

        // Of the corpus, two recordings have more than one segment.
        var ended = await ServerProgram.RunAsync(
            ["--set", "listen=http://127.0.0.1:0", "--set", $"dataFolder={Path.Combine(folder, "data")}", "--set", "limits:jobSegments=1",
                "--demo", kind == "refused" ? Path.Combine(TestFile.Root, "corpus") : recordings]);
        Assert.Equal(70, ended.ExitCode);
        var line = Assert.Single(ended.Errors.Split('\n'), line => line.StartsWith("sallyport-server: ", StringComparison.Ordinal));
        Assert.Contains(said, line, StringComparison.Ordinal);
    }

    /// <summary>What it answered 200 is there after SIGKILL, and the job goes on with what its agent has.</summary>
    [Fact]
    public async Task Killed_between_two_segments_it_has_all_that_it_took_and_the_job_goes_on()
    {
        var made = await ServerProgram.RunAsync(["api-key", "octo", .. Where]);
        Assert.True(made.ExitCode == 0, made.Errors);
        var segments = TestRecording.Small();
        JobRegistered job;
        await using (var killed = await ServerProcess.StartAsync(folder, new Dictionary<string, string?>()))
        {
            using var client = new HttpClient { BaseAddress = killed.Address };
            job = await RegisterAsync(client, made.Output.Trim());
            foreach (var segment in segments.Take(3))
            {
                await PutAsync(client, job, segment);
            }

            await killed.KillAsync();
        }

        Assert.Equal([1L, 2L, 3L], await FolderDatabase.ListAsync<long>(folder, "SELECT number FROM segment ORDER BY number"));
        await using var again = await ServerProcess.StartAsync(folder, new Dictionary<string, string?>());
        using var other = new HttpClient { BaseAddress = again.Address };
        Assert.Equal(4, (await RegisterAsync(other, made.Output.Trim())).NextSegment);
        foreach (var segment in segments.Skip(3))
        {
            await PutAsync(other, job, segment);
        }

        using var request = new HttpRequestMessage(HttpMethod.Post, $"api/v1/jobs/{job.JobKey}/end")
        {
            Content = JsonContent.Create(new JobEnd(segments.Count, 0), IngestJson.Default.JobEnd),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", job.UploadToken);
        using var end = await other.SendAsync(request, Cancellation);
        Assert.Equal(HttpStatusCode.OK, end.StatusCode);
        JobRow? row = null;
        await Until.IsAsync(
            async () => (row = Assert.Single(await FolderDatabase.ListAsync<JobRow>(folder, "SELECT * FROM job"))).Recorded == FinishJob.Joined, "it is joined");
        Assert.Equal(("intact", segments.Count), (row!.Chain, row.Segments));
        Assert.Equal(
            segments.SelectMany(segment => segment.Bytes), await File.ReadAllBytesAsync(Path.Combine(folder, "recordings", row.RecordingName), Cancellation));
    }

    /// <summary>As the README says it: the script builds what is not current, and becomes the server.</summary>
    [Fact]
    public async Task The_script_serves_it_with_the_corpus()
    {
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        await using var server = ServerProgram.Start(["server", .. Where, "--demo"], program: Path.Combine(TestFile.Root, "run"));
        var said = await server.UntilAsync("demonstration");
        Assert.Contains(said, line => line.Contains($"http://localhost:{port}/sign-in/link/", StringComparison.Ordinal));
        Assert.Contains($"recordings of {Path.Combine(TestFile.Root, "corpus")} were sent", said[^1], StringComparison.Ordinal);
        Assert.Equal("ready", await client.GetStringAsync(new Uri("health/ready", UriKind.Relative), Cancellation));
        await server.TerminateAsync();
        Assert.Equal(0, await server.EndAsync());
    }

    [Fact]
    public async Task It_is_backed_up_while_it_runs_and_restored_elsewhere()
    {
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        var file = Path.Combine(folder, "backup.tar.zst");
        await using (var server = ServerProgram.Start([.. Where, "--demo", Path.Combine(TestFile.Root, "corpus")]))
        {
            await server.UntilAsync("demonstration");
            var made = await ServerProgram.RunAsync(["backup", file, "--with-keys", .. Where]);
            Assert.True(made.ExitCode == 0, made.Errors);
            Assert.Equal(73, (await ServerProgram.RunAsync(["backup", file, .. Where])).ExitCode);
            Assert.Equal(73, (await ServerProgram.RunAsync(["restore", file, .. Where])).ExitCode);
            await server.TerminateAsync();
            Assert.Equal(0, await server.EndAsync());
        }

        string[] elsewhere = ["--set", $"listen=http://127.0.0.1:{port}", "--set", $"dataFolder={Path.Combine(folder, "elsewhere")}"];
        var restored = await ServerProgram.RunAsync(["restore", file, .. elsewhere]);
        Assert.True(restored.ExitCode == 0, restored.Errors);
        await using var other = ServerProgram.Start(elsewhere);
        await other.UntilAsync("sallyport-server");
        using var ready = await client.GetAsync(new Uri("health/ready", UriKind.Relative), Cancellation);
        Assert.Equal(HttpStatusCode.OK, ready.StatusCode);
        Assert.NotEmpty(Directory.GetFiles(Path.Combine(folder, "elsewhere", "recordings"), "*.zst", SearchOption.AllDirectories));
    }

    private static async Task PutAsync(HttpClient client, JobRegistered job, TestSegment segment)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, $"api/v1/jobs/{job.JobKey}/segments/{segment.Number}")
        {
            Content = new ByteArrayContent(segment.Bytes) { Headers = { ContentType = new MediaTypeHeaderValue("application/zstd") } },
        };
        request.Headers.Add(IngestLimits.PreviousSealHeader, segment.Previous);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", job.UploadToken);
        using var response = await client.SendAsync(request, Cancellation);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    private static async Task<JobRegistered> RegisterAsync(HttpClient client, string key)
    {
        using var response = await SendAsync(client, key);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(Cancellation));
        return (await response.Content.ReadFromJsonAsync(IngestJson.Default.JobRegistered, Cancellation))!;
    }

    private static async Task<HttpResponseMessage> SendAsync(HttpClient client, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "api/v1/jobs")
        {
            Content = JsonContent.Create(TestRecording.Job(), IngestJson.Default.JobRegistration),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return await client.SendAsync(request, Cancellation);
    }

    private async Task UntilNobodyListensAsync()
    {
        for (var watch = Stopwatch.StartNew(); watch.Elapsed < TimeSpan.FromSeconds(60);)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, port, Cancellation);
            }
            catch (SocketException)
            {
                return;
            }

            await Task.Delay(20, Cancellation);
        }

        Assert.Fail("it goes on listening");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
