using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Sallyport.Protocol.Recording;
using Sallyport.Server.Access;
using Sallyport.Server.Insights;
using Sallyport.Server.Retention;
using Sallyport.Server.Search;
using Sallyport.Server.Tests.Ui;
using Sallyport.Server.Work;

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
        Assert.Equal(job.JobKey, Assert.Single((await FindAsync(server)).Matches).Job);
        time.Pass(TimeSpan.FromDays(1));
        Assert.Empty((await FindAsync(server)).Matches);

        time.Pass(TimeSpan.FromDays(88));
        await SweepAsync(server);
        Assert.NotNull(await server.Services.GetRequiredService<Jobs>().FindAsync(job.JobKey, Cancellation));
        time.Pass(TimeSpan.FromDays(2));
        await SweepAsync(server);
        Assert.Null(await server.Services.GetRequiredService<Jobs>().FindAsync(job.JobKey, Cancellation));
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

    private static async Task<EventAnswer> FindAsync(TestServer server)
    {
        var key = await server.Services.GetRequiredService<ApiKeys>().CreateAsync("octo", "test", ApiKeyRow.ReadScope, Actor.Console, Cancellation);
        using var request = new HttpRequestMessage(HttpMethod.Get, $"api/v1/search?what=hash&value={Made.Sha256}&days=1");
        request.Headers.Authorization = new("Bearer", key.Key);
        using var response = await server.Client.SendAsync(request, Cancellation);
        var text = await response.Content.ReadAsStringAsync(Cancellation);
        Assert.True(response.IsSuccessStatusCode, text);
        return JsonSerializer.Deserialize<EventAnswer>(text, JsonSerializerOptions.Web)!;
    }

    private static Task SweepAsync(TestServer server) =>
        server.Services.GetServices<IWorkHandler>().OfType<Sweep>().Single().DoAsync(IWorkHandler.Repeated, Cancellation);
}
