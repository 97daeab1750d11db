using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Configuration;
using Sallyport.Protocol.Report;
using Sallyport.Reporting;
using Sallyport.Server.Access;
using Sallyport.Server.Configuration;
using Sallyport.Server.Insights;
using Sallyport.Server.Search;
using Sallyport.Server.Store;

namespace Sallyport.Bench.Server;

/// <summary>Searches so many events, written by the server's own writer, as jobs of fifty thousand events over thirty days.</summary>
internal sealed class SearchBench(BenchOptions options, string work)
{
    private const int EventsOfJob = 50_000;
    private const int Days = 30;
    private const int Rounds = 5;

    private static readonly ImmutableArray<EventQuery> Queries =
    [
        new(EventSubject.Hash, new string('a', 64), 90),
        new(EventSubject.Hash, MadeRecording.HashOf(3), 90),
        new(EventSubject.Program, "git", 90),
        new(EventSubject.Destination, "host20.packages.example", 90),
        new(EventSubject.Destination, "198.51.100.250", 90),
        new(EventSubject.Name, "*.elsewhere.example", 90),
        new(EventSubject.Path, "/home/runner/work/site/out/file1015.o", 90),
    ];

    public async Task RunAsync()
    {
        var values = new Dictionary<string, string?> { ["dataFolder"] = Path.Combine(work, "search") };
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
        Line("written", $"{(long)jobs * EventsOfJob:N0} events, {rows:N0} rows in {jobs} files, {bytes >> 20} MiB, {watch.Elapsed.TotalSeconds:F0} s");
        using var search = new EventSearch(database, files, TimeProvider.System);
        var viewer = Viewer.Nobody with { Roles = Viewer.Nobody.Roles.Add(Viewer.Everywhere, Role.Viewer) };
        foreach (var query in Queries)
        {
            var times = new List<double>();
            var found = 0;
            for (var round = 0; round < Rounds; round++)
            {
                var start = Stopwatch.GetTimestamp();
                found = (await search.FindAsync(query, viewer, CancellationToken.None)).Matches.Length;
                times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }

            Line($"{query.Subject}, {found} jobs", $"first {times[0]:F0} ms, then {times.Skip(1).Min():F0} to {times.Skip(1).Max():F0} ms");
        }
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

    private static void Line(string name, FormattableString figure) =>
        Console.WriteLine($"{name,-26} {figure.ToString(CultureInfo.InvariantCulture)}");
}
