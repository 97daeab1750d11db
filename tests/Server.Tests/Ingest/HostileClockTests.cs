using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Sallyport.Protocol.Recording;
using Sallyport.Server.Access;
using Sallyport.Server.Tests.Ui;

namespace Sallyport.Server.Tests.Ingest;

/// <summary>A job says any time of itself: it is shown, and decides nothing.</summary>
public sealed class HostileClockTests(PostgresCluster cluster)
{
    private static readonly MadeJob Made = new(new string('a', 64), "files.example.com", "198.51.100.7", "/work/site/index.html");

    private readonly HandTime time = new();

    public static MatrixTheoryData<string, StoreKind> Clocks => new(
        ["1970-01-01T00:00:00Z", "2200-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"],
        [StoreKind.Sqlite, StoreKind.PostgreSql]);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Clocks))]
    public async Task A_clock_that_is_years_off_breaks_no_page_and_moves_neither_search_nor_retention(string anchor, StoreKind kind)
    {
        await using var server = await TestServer.StartAsync(
            kind, cluster, change: builder => builder.Services.AddSingleton<TimeProvider>(time));
        var job = await server.UploadAsync(await server.KeyAsync("octo"), TestRecording.Job(), TestRecording.Of(EventsAt(anchor)));
        using var visitor = await Visitor.AdministratorAsync(server);
        var page = $"/jobs/{job.JobKey}";
        foreach (var path in new[]
        {
            "/", "/runs", "/repositories", "/workflows", "/destinations", "/findings", "/unprotected", "/runners", "/search?q=site",
            $"/search/events?what=hash&value={Made.Sha256}", page, $"{page}/state", $"{page}/recording.ndjson.zst", $"{page}/report.json",
            $"{page}/report.html", $"{page}/report.md", $"{page}/report.sarif", $"{page}/report.ocsf.ndjson", $"{page}/report.txt",
        })
        {
            using var response = await visitor.SendAsync(path);
            Assert.True(response.StatusCode == HttpStatusCode.OK, $"{path}: {response.StatusCode}");
        }

        // The day of a search is the server's, on which the job was registered.
        var (key, asked) = (await server.KeyAsync("octo", ApiKeyRow.ReadScope), $"what=hash&value={Made.Sha256}&days=1");
        Assert.Equal(job.JobKey, Assert.Single((await server.FoundAsync(key, asked)).Matches).Job);
        time.Pass(TimeSpan.FromDays(1));
        Assert.Empty((await server.FoundAsync(key, asked)).Matches);

        time.Pass(TimeSpan.FromDays(88));
        await server.SweepAsync();
        Assert.NotNull(await server.RowAsync(job.JobKey));
        time.Pass(TimeSpan.FromDays(2));
        await server.SweepAsync();
        Assert.Null(await server.RowAsync(job.JobKey));
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(server.Settings.DataFolder, "parquet"), "*", SearchOption.AllDirectories));
    }

    // The first boot time is the least that there is, the last the greatest, and they take turns between.
    private static IEnumerable<RecordedEvent> EventsAt(string anchor)
    {
        var events = Made.Events().ToList();
        events.Insert(events.Count - 1, new FindingRaised("egress-refused", "Refused", "high", "blocked", ImmutableDictionary<string, string>.Empty, "p1", "s1"));
        for (var i = 0; i < events.Count; i++)
        {
            var at = events[i] is RecordingStarted start
                ? start with { WallTime = DateTimeOffset.Parse(anchor, CultureInfo.InvariantCulture) }
                : events[i];
            yield return at with { BootTimeNs = i % 2 == 0 ? long.MinValue : long.MaxValue };
        }
    }
}
