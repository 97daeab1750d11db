using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Sallyport.Protocol.Ingest;

namespace Sallyport.Bench.Server;

/// <summary>
/// Many agents at once, each with a job, each sending the next segment when the one before is durable; and one reader of a
/// running job's page, and of the report that it draws. The recordings are made and packed before, so that the time measured is the server's.
/// </summary>
internal sealed class LoadBench(BenchOptions options, string work)
{
    // Recordings that differ; agents share them, under jobs of their own.
    private const int Recordings = 4;

    private const int FewestForP95 = 20;

    private readonly List<double> pagesMs = [];
    private readonly List<double> reportsMs = [];
    private string firstJob = "";

    public async Task RunAsync()
    {
        var made = Enumerable.Range(0, Recordings)
            .Select(number => SegmentCutter.Cut(MadeRecording.Events(number, options.Segments * options.Events), options.Events))
            .ToList();
        var folder = Directory.CreateDirectory(Path.Combine(work, "load")).FullName;
        var key = await MeasuredServer.KeyAsync(options, folder, "agent");
        var readKey = await MeasuredServer.KeyAsync(options, folder, "read");
        var link = await MeasuredServer.LinkAsync(options, folder);
        await using var server = await MeasuredServer.StartAsync(options, folder);
        using var handler = new SocketsHttpHandler { MaxConnectionsPerServer = options.Agents };
        using var client = new HttpClient(handler) { BaseAddress = server.Address, Timeout = TimeSpan.FromMinutes(5) };
        var jobs = new List<JobRegistered>();
        for (var number = 0; number < options.Agents; number++)
        {
            jobs.Add(await RegisterAsync(client, key, number));
        }

        firstJob = jobs[0].JobKey;
        using var stop = new CancellationTokenSource();
        var signedIn = new TaskCompletionSource();
        var reading = ReadAsync(server.Address, readKey, link, signedIn, stop.Token);
        await await Task.WhenAny(signedIn.Task, reading);
        using var self = Process.GetCurrentProcess();
        var (watch, own, its) = (Stopwatch.StartNew(), self.TotalProcessorTime, server.ProcessorTime);
        await Task.WhenAll(jobs.Select((job, number) => SendAsync(client, job, made[number % Recordings], (double)number / jobs.Count)));
        var seconds = watch.Elapsed.TotalSeconds;
        self.Refresh();
        var (ownSeconds, itsSeconds) = ((self.TotalProcessorTime - own).TotalSeconds, (server.ProcessorTime - its).TotalSeconds);
        await stop.CancelAsync();
        await reading;
        Print(made, seconds, ownSeconds, itsSeconds);
        Figure.Print("page of a running job", Spread(pagesMs));
        Figure.Print("report of a running job", Spread(reportsMs));
        var searchable = await SearchableAsync(client, readKey, watch);
        Figure.Print("last job searchable", $"{searchable - seconds:F1} s after the last segment");
        Figure.Print("server's peak memory", $"{server.PeakMebibytes:F0} MiB");
    }

    private static async Task<JobRegistered> RegisterAsync(HttpClient client, string key, int number)
    {
        var asked = new JobRegistration(
            "bench/site", null, "CI", $"{number}", 1, "build", "build", null, null, null, "push", null, $"runner-{number}", "self-hosted", "0.1.0", null);
        using var response = await SendAsync(
            client, HttpMethod.Post, "api/v1/jobs", key, JsonContent.Create(asked, IngestJson.Default.JobRegistration));
        return (await response.Content.ReadFromJsonAsync(IngestJson.Default.JobRegistered))!;
    }

    /// <param name="client">Of the server.</param>
    /// <param name="job">Whose the segments are.</param>
    /// <param name="segments">In their order.</param>
    /// <param name="turn">0 to 1: where in each period of <c>--rate</c> this agent sends.</param>
    private async Task SendAsync(HttpClient client, JobRegistered job, List<CutSegment> segments, double turn)
    {
        var watch = Stopwatch.StartNew();
        var period = options.Rate == 0 ? TimeSpan.Zero : TimeSpan.FromSeconds((double)options.Agents * options.Events / options.Rate);
        foreach (var segment in segments)
        {
            if (period * (segment.Number - 1 + turn) - watch.Elapsed is var wait && wait > TimeSpan.Zero)
            {
                await Task.Delay(wait);
            }

            var content = new ByteArrayContent(segment.Bytes) { Headers = { ContentType = new MediaTypeHeaderValue("application/zstd") } };
            content.Headers.Add(IngestLimits.PreviousSealHeader, segment.Previous);
            var path = string.Create(CultureInfo.InvariantCulture, $"api/v1/jobs/{job.JobKey}/segments/{segment.Number}");
            using var put = await SendAsync(client, HttpMethod.Put, path, job.UploadToken, content);
        }

        var end = JsonContent.Create(new JobEnd(segments.Count, 0), IngestJson.Default.JobEnd);
        using var ended = await SendAsync(client, HttpMethod.Post, $"api/v1/jobs/{job.JobKey}/end", job.UploadToken, end);
    }

    private static async Task<HttpResponseMessage> SendAsync(
        HttpClient client, HttpMethod method, string path, string credential, HttpContent? content)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", credential);
        var response = await client.SendAsync(request);
        return response.IsSuccessStatusCode
            ? response
            : throw new InvalidOperationException($"{method} {path}: {response.StatusCode} {await response.Content.ReadAsStringAsync()}");
    }

    private async Task ReadAsync(Uri address, string key, Uri link, TaskCompletionSource signedIn, CancellationToken stop)
    {
        using var page = await PageReader.SignInAsync(address, link);
        signedIn.SetResult();
        using var client = new HttpClient { BaseAddress = address };
        while (!stop.IsCancellationRequested)
        {
            pagesMs.Add(await page.ReadAsync($"/jobs/{firstJob}"));
            var start = Stopwatch.GetTimestamp();
            using var request = new HttpRequestMessage(HttpMethod.Get, $"api/v1/jobs/{firstJob}/report");
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
            using var response = await client.SendAsync(request, CancellationToken.None);
            _ = await response.Content.ReadAsByteArrayAsync(CancellationToken.None);
            if (response.IsSuccessStatusCode)
            {
                reportsMs.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }

            await Task.Delay(100, CancellationToken.None);
        }
    }

    // Seconds since the start at which the last job was found.
    private async Task<double> SearchableAsync(HttpClient client, string key, Stopwatch watch)
    {
        while (watch.Elapsed < TimeSpan.FromMinutes(8))
        {
            using var response = await SendAsync(
                client, HttpMethod.Get, $"api/v1/search?what=hash&value={MadeRecording.HashOf(0)}&days=2", key, null);
            var found = await response.Content.ReadFromJsonAsync<Found>();
            if (found!.Matches.Count == Math.Min(options.Agents, 200))
            {
                return watch.Elapsed.TotalSeconds;
            }

            await Task.Delay(500);
        }

        return double.NaN;
    }

    private void Print(List<List<CutSegment>> made, double seconds, double ownSeconds, double itsSeconds)
    {
        long events = 0, bytes = 0;
        for (var number = 0; number < options.Agents; number++)
        {
            events += made[number % Recordings].Sum(segment => segment.Events);
            bytes += made[number % Recordings].Sum(segment => segment.Bytes.LongLength);
        }

        var pace = options.Rate == 0 ? "as fast as they are taken" : string.Create(CultureInfo.InvariantCulture, $"{options.Rate:N0} events/s together");
        Figure.Print("agents at once", $"{options.Agents}, {options.Segments} segments of {options.Events} events each, {pace}");
        Figure.Print("store", options.Store is null ? "SQLite, files" : "PostgreSQL, files");
        Figure.Print("accepted, durable", $"{events / seconds:N0} events/s, {events:N0} in {seconds:F1} s, {bytes / seconds / (1 << 20):F1} MiB/s packed");
        Figure.Print("processor time", $"server {itsSeconds:F1} s, generator {ownSeconds:F1} s, of {seconds * Environment.ProcessorCount:F1} s there were");
    }

    private static string Spread(List<double> answersMs)
    {
        var sorted = answersMs.Order().ToList();
        if (sorted.Count == 0)
        {
            return "none";
        }

        // Of fewer, the 95th percentile is the worst of them.
        var p95 = sorted.Count < FewestForP95
            ? string.Create(CultureInfo.InvariantCulture, $"too few for a p95, worst {sorted[^1]:F0} ms")
            : string.Create(CultureInfo.InvariantCulture, $"p95 {sorted[sorted.Count * 95 / 100]:F0} ms");
        return string.Create(CultureInfo.InvariantCulture, $"p50 {sorted[sorted.Count / 2]:F0} ms, {p95}, {sorted.Count} times");
    }

    private sealed record Found(List<object> Matches);
}
