using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Sallyport.Protocol.Report;
using Sallyport.Server.Access;

namespace Sallyport.Server.Tests.Insights;

public sealed class ReportAccessTests(PostgresCluster cluster)
{
    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.PostgreSql)]
    public async Task A_report_is_read_with_a_key_of_its_organisation_and_with_no_other(StoreKind kind)
    {
        await using var server = await TestServer.StartAsync(kind, cluster);
        var job = await server.UploadAsync(await server.KeyAsync("octo"), TestRecording.Job(), TestRecording.Small());
        var keys = server.Services.GetRequiredService<ApiKeys>();
        async Task<HttpResponseMessage> Get(string? key)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"api/v1/jobs/{job.JobKey}/report");
            request.Headers.Authorization = key is null ? null : new("Bearer", key);
            return await server.Client.SendAsync(request, TestContext.Current.CancellationToken);
        }

        async Task<string> Key(string owner, string scope) => (await keys.CreateAsync(owner, "test", scope, Actor.Console, default)).Key;
        foreach (var (key, expected) in new (string?, HttpStatusCode)[]
        {
            (null, HttpStatusCode.Unauthorized),
            (await Key("octo", ApiKeyRow.AgentScope), HttpStatusCode.Unauthorized),
            (await Key("acme", ApiKeyRow.ReadScope), HttpStatusCode.NotFound),
        })
        {
            using var refused = await Get(key);
            Assert.Equal(expected, refused.StatusCode);
        }

        using var response = await Get(await Key("octo", ApiKeyRow.ReadScope));
        var bytes = await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        Assert.NotNull(ReportJson.TryRead(bytes, out var mistake));
        Assert.Null(mistake);
    }
}
