using System.Text;

namespace Sallyport.Server.Tests.Operations;

public sealed class TelemetryTests(PostgresCluster cluster)
{
    [Fact]
    public async Task Metrics_and_traces_go_where_the_operator_says()
    {
        await using var collector = new OtlpCollector();
        var settings = new Dictionary<string, string?> { ["telemetry"] = collector.Address };
        await using (var server = await TestServer.StartAsync(StoreKind.Sqlite, cluster, settings))
        {
            var job = await server.UploadAsync(await server.KeyAsync("octo"), TestRecording.Job(), TestRecording.Small());
            using var refused = await server.PutAsync(job, TestRecording.Small()[0], "no such token");
        }

        var metrics = Text(collector.Of("/v1/metrics"));
        string[] names =
        [
            "sallyport-server", "sallyport.ingest.segments", "sallyport.ingest.bytes", "sallyport.ingest.events", "sallyport.ingest.refused",
            "credential", "sallyport.work.duration", "sallyport.work.depth", "sallyport.work.age", "finish",
        ];
        Assert.All(names, name => Assert.Contains(name, metrics, StringComparison.Ordinal));
        Assert.Contains("work finish", Text(collector.Of("/v1/traces")), StringComparison.Ordinal);
    }

    // Names stand in the messages as they are (Protocol Buffers: strings are UTF-8).
    private static string Text(IEnumerable<byte[]> bodies) => string.Concat(bodies.Select(Encoding.Latin1.GetString));
}
