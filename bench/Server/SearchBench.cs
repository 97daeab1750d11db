using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Microsoft.Extensions.Configuration;
using Sallyport.Protocol.Report;
using Sallyport.Reporting;
using Sallyport.Server.Access;
using Sallyport.Server.Configuration;
using Sallyport.Server.Insights;
using Sallyport.Server.Search;
using Sallyport.Server.Store;

namespace Sallyport.Bench.Server;

/// <summary>
/// Searches so many events, written by the server's own writer, as jobs of fifty thousand events over thirty days: over /api/v1/search, asked of
/// the server as a process of its own, whose memory is read from the kernel.
/// </summary>
internal sealed class SearchBench(BenchOptions options, string work)
{
    private const int EventsOfJob = 50_000;
    private const int Days = 30;
    private const int Rounds = 11;

    private static readonly ImmutableArray<(string What, string Value)> Queries =
    [
        ("hash", new string('a', 64)),
        ("hash", MadeRecording.HashOf(3)),
        ("program", "git"),
        ("destination", "host20.packages.example"),
        ("destination", "198.51.100.250"),
        ("name", "*.elsewhere.example"),
        ("path", "/home/runner/work/site/out/file1015.o"),
    ];

    public async Task RunAsync()
    {
        var folder = Directory.CreateDirectory(Path.Combine(work, "search")).FullName;
        await WriteAsync(folder);
        var key = await MeasuredServer.KeyAsync(options, folder, "read");
        await using var server = await MeasuredServer.StartAsync(options, folder);
        using var client = new HttpClient { BaseAddress = server.Address, Timeout = TimeSpan.FromMinutes(1) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        Figure.Print("server's memory before", $"{server.PeakMebibytes:F0} MiB at most");
        var all = new List<double>();
        foreach (var (what, value) in Queries)
        {
            var times = new List<double>();
            var found = "";
            for (var round = 0; round < Rounds; round++)
            {
                var start = Stopwatch.GetTimestamp();
                found = await FindAsync(client, what, value);
                times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }

            Figure.Print($"{what}, {found}", $"first {times[0]:F0} ms, median {Median(times):F0} ms, worst {times.Max():F0} ms");
            all.AddRange(times);
        }

        Figure.Print("all searches", $"median {Median(all):F0} ms, worst {all.Max():F0} ms, {all.Count} of them");
        Figure.Print("server's peak memory", $"{server.PeakMebibytes:F0} MiB (VmHWM)");
    }

    /// <returns>How much was found; that the search gave up, where it did.</returns>
    private static async Task<string> FindAsync(HttpClient client, string what, string value)
    {
        using var response = await client.GetAsync(new Uri($"api/v1/search?what={what}&value={Uri.EscapeDataString(value)}&days=90", UriKind.Relative));
        if (response.StatusCode == HttpStatusCode.ServiceUnavailable)
        {
            return "given up";
        }

        var answer = await response.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<Found>();
        return string.Create(CultureInfo.InvariantCulture, $"{answer!.Matches.Count} jobs");
    }

    private async Task WriteAsync(string folder)
    {
        var values = new Dictionary<string, string?> { ["dataFolder"] = folder, ["connectionStrings:store"] = options.Store };
        var settings = new ServerSettingsReader(new ConfigurationBuilder().AddInMemoryCollection(values).Build(), []).Read();
        Directory.CreateDirectory(settings.WorkFolder);
        var files = new EventFiles(settings);
        await using var database = new Database(settings.Database, settings.ConnectionString);
        await Migrator.MigrateAsync(database, CancellationToken.None);
        var watch = Stopwatch.StartNew();
        var jobs = Math.Max(1, options.SearchEvents / EventsOfJob);
        var rows = 0L;
        for (var number = 0; number < jobs; number++)
        {
            rows += await WriteAsync(database, settings, files, number);
        }

        var bytes = Directory.EnumerateFiles(files.Root, "*", SearchOption.AllDirectories).Sum(path => new FileInfo(path).Length);
        Figure.Print("written", $"{(long)jobs * EventsOfJob:N0} events, {rows:N0} rows in {jobs} files, {bytes >> 20} MiB, {watch.Elapsed.TotalSeconds:F0} s");
    }

    private static async Task<long> WriteAsync(Database database, ServerSettings settings, EventFiles files, int number)
    {
        var at = TimeProvider.System.GetUtcNow().AddDays(-(number % Days));
        var id = Secrets.NewId(at);
        await database.ExecuteAsync(
            """
            INSERT INTO job (id, identity, owner, repository, workflow, name, display_name, run_id, run_attempt, runner, credential,
                state, registered_ms, last_heard_ms, segments, bytes, events, chain)
            VALUES (@id, @id, 'bench', @repository, 'CI', 'build', 'build', '1', 1, 'r', 'c', 'ended', @ms, @ms, 1, 1, 1, 'intact')
            """,
            new { id, repository = $"site{number % 5}", ms = at.ToUnixTimeMilliseconds() }, CancellationToken.None);
        var job = (await database.OneAsync<JobRow>("SELECT * FROM job WHERE id = @id", new { id }, CancellationToken.None))!;
        await using var writer = new ParquetSink(settings, files, new Sallyport.Server.Recordings.FolderRecordings(settings.DataFolder)).Open(job);
        long rows = 0;
        foreach (var some in MadeRecording.Events(number, EventsOfJob).Chunk(1000))
        {
            foreach (var recorded in some)
            {
                writer.Accept(recorded);
                rows += recorded is Sallyport.Protocol.Recording.ProcessForked or Sallyport.Protocol.Recording.ProcessExited
                    or Sallyport.Protocol.Recording.ConnectionClosed ? 0 : 1;
            }

            await writer.SegmentEndedAsync(CancellationToken.None);
        }

        await writer.CompleteAsync(new ReportBuilder().Build(isRunning: true), CancellationToken.None);
        return rows;
    }

    private static double Median(List<double> times) => times.Order().ElementAt(times.Count / 2);

    private sealed record Found(List<object> Matches);
}
