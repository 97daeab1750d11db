using System.Text;
using Microsoft.Extensions.DependencyInjection;

namespace Sallyport.Server.Tests.Operations;

public sealed class TelemetryTests(PostgresCluster cluster)
{
    [Fact]
    public async Task Metrics_and_traces_go_where_the_operator_says()
    {
        await using var collector = new OtlpCollector();
        var settings = new Dictionary<string, string?> { ["telemetry"] = collector.Address };
        var time = new HandTime();
        await using (var server = await TestServer.StartAsync(
            StoreKind.Sqlite, cluster, settings, builder => builder.Services.AddSingleton<TimeProvider>(time)))
        {
            var job = await server.UploadAsync(await server.KeyAsync("octo"), TestRecording.Job(), TestRecording.Small());
            using var refused = await server.PutAsync(job, TestRecording.Small()[0], "no such token");
            using var live = await server.Client.GetAsync(new Uri("health/live", UriKind.Relative), TestContext.Current.CancellationToken);
            time.Pass(TimeSpan.FromDays(91));
            await server.SweepAsync();
            Assert.Null(await server.RowAsync(job.JobKey));
        }

        var metrics = Text(collector.Of("/v1/metrics"));
        string[] names =
        [
            "sallyport-server", "sallyport.ingest.segments", "sallyport.ingest.bytes", "sallyport.ingest.events", "sallyport.ingest.refused",
            "credential", "sallyport.work.duration", "sallyport.work.depth", "sallyport.work.age",
            "sallyport.work.failing", "sallyport.retention.jobs", "finish",
        ];
        Assert.All(names, name => Assert.Contains(name, metrics, StringComparison.Ordinal));
        var traces = Text(collector.Of("/v1/traces"));
        Assert.All(
            new[] { "work finish", "POST /api/v1/jobs", "PUT /api/v1/jobs/{jobKey}/segments/{number:long}", "POST /api/v1/jobs/{jobKey}/end" },
            name => Assert.Contains(name, traces, StringComparison.Ordinal));
        // Names are of routes: of a job, its name or its credential nothing is sent.
        Assert.All(new[] { "/health", "octo" }, text => Assert.DoesNotContain(text, traces, StringComparison.Ordinal));
    }

    // Names stand in the messages as they are (Protocol Buffers: strings are UTF-8).
    private static string Text(IEnumerable<byte[]> bodies) => string.Concat(bodies.Select(Encoding.Latin1.GetString));
}
