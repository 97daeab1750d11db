using System.Net;
using Sallyport.Protocol.Report;
using Sallyport.Server.Access;

namespace Sallyport.Server.Tests.Insights;

public sealed class ReportAccessTests(PostgresCluster cluster)
{
    [Theory]
    [MemberData(nameof(StoreKinds.Databases), MemberType = typeof(StoreKinds))]
    public async Task A_report_is_read_with_a_key_of_its_organisation_and_with_no_other(StoreKind kind)
    {
        await using var server = await TestServer.StartAsync(kind, cluster);
        var job = await server.UploadAsync(await server.KeyAsync("octo"), TestRecording.Job(), TestRecording.Small());
        var path = $"api/v1/jobs/{job.JobKey}/report";
        foreach (var (key, expected) in new (string?, HttpStatusCode)[]
        {
            (null, HttpStatusCode.Unauthorized),
            (await server.KeyAsync("octo", ApiKeyRow.AgentScope), HttpStatusCode.Unauthorized),
            (await server.KeyAsync("acme", ApiKeyRow.ReadScope), HttpStatusCode.NotFound),
        })
        {
            using var refused = await server.GetAsync(path, key);
            Assert.Equal(expected, refused.StatusCode);
            Assert.Equal("application/problem+json", refused.Content.Headers.ContentType?.MediaType);
        }

        using var response = await server.GetAsync(path, await server.KeyAsync("octo", ApiKeyRow.ReadScope));
        var bytes = await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        Assert.NotNull(ReportJson.TryRead(bytes, out var mistake));
        Assert.Null(mistake);
    }
}
