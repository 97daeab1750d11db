using System.Net;
using System.Net.Http.Json;
using Sallyport.Protocol.Ingest;
using Sallyport.Server.Access;

namespace Sallyport.Server.Tests.Insights;

/// <summary>What an agent is told of earlier runs of its job.</summary>
public sealed class BaselineTests(PostgresCluster cluster)
{
    private const string Place = "repository=octo/site&workflow=CI&job=build";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(StoreKinds.Databases), MemberType = typeof(StoreKinds))]
    public async Task Earlier_runs_of_the_job_are_told_and_nobody_elses(StoreKind kind)
    {
        await using var server = await TestServer.StartAsync(kind, cluster);
        var key = await server.KeyAsync("octo");
        Assert.Equal((null, "no earlier run of this job was read yet"), await AskAsync(server, key, $"{Place}&run=101"));
        var registration = TestRecording.Job() with { Workflow = "CI" };
        await server.UploadAsync(
            key, registration, TestRecording.Of(new MadeJob(new string('a', 64), "files.example.com", "198.51.100.7", "/work/x").Events()));
        await server.UploadAsync(
            key, registration with { Job = "other", JobName = "other" },
            TestRecording.Of(new MadeJob(new string('a', 64), "other.example.com", "198.51.100.8", "/work/x").Events()));
        Assert.Equal(("tcp://files.example.com:443", null), await AskAsync(server, key, $"{Place}&run=101"));

        // Jobs of one run say nothing of each other.
        Assert.Null((await AskAsync(server, key, $"{Place}&run={registration.RunId}")).Destinations);
        Assert.Null((await AskAsync(server, key, $"{Place.Replace("CI", "other", StringComparison.Ordinal)}&run=101")).Destinations);
    }

    [Fact]
    public async Task A_key_of_another_owner_or_none_is_told_nothing()
    {
        await using var server = await TestServer.StartAsync(StoreKind.Sqlite, cluster);
        foreach (var (key, query, expected) in new (string?, string, HttpStatusCode)[]
        {
            (null, $"{Place}&run=1", HttpStatusCode.Unauthorized),
            (await server.KeyAsync("octo", ApiKeyRow.ReadScope), $"{Place}&run=1", HttpStatusCode.Unauthorized),
            (await server.KeyAsync("acme"), $"{Place}&run=1", HttpStatusCode.Forbidden),
            (await server.KeyAsync("octo"), Place, HttpStatusCode.BadRequest),
        })
        {
            using var response = await server.GetAsync($"api/v1/baseline?{query}", key);
            Assert.Equal(expected, response.StatusCode);
        }
    }

    private static async Task<(string? Destinations, string? Why)> AskAsync(TestServer server, string key, string query)
    {
        using var response = await server.GetAsync($"api/v1/baseline?{query}", key);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var answer = await response.Content.ReadFromJsonAsync(IngestJson.Default.BaselineAnswer, Cancellation);
        return (answer!.Destinations is { } known ? string.Join(' ', known) : null, answer.Why);
    }
}
