using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Sallyport.Server.Store;
using Sallyport.Server.Work;

namespace Sallyport.Server.Tests.Operations;

public sealed class HealthTests(PostgresCluster cluster)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(StoreKinds.Databases), MemberType = typeof(StoreKinds))]
    public async Task A_replica_whose_work_does_not_go_on_is_not_ready(StoreKind kind)
    {
        var time = new HandTime();
        using var handler = new HeldHandler();
        await using var server = await StartAsync(kind, time, handler);
        Assert.Equal((HttpStatusCode.OK, "ready"), await ReadyAsync(server));
        var queue = server.Services.GetRequiredService<WorkQueue>();
        await queue.EnsureAsync(handler.Kind, "1", Cancellation);
        await queue.EnsureAsync(handler.Kind, "2", Cancellation);
        queue.Wake();
        await handler.Begun.WaitAsync(TimeSpan.FromMinutes(2), Cancellation);
        time.Pass(TimeSpan.FromMinutes(9));
        Assert.Equal(HttpStatusCode.OK, (await ReadyAsync(server)).Status);
        time.Pass(TimeSpan.FromMinutes(2));
        var (status, text) = await ReadyAsync(server);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Contains("work", text, StringComparison.Ordinal);
        Assert.Equal("live", await server.Client.GetStringAsync(new Uri("health/live", UriKind.Relative), Cancellation));

        handler.Release();
        await Until.IsAsync(async () => (await ReadyAsync(server)).Status == HttpStatusCode.OK, "it is ready again");
    }

    [Theory]
    [MemberData(nameof(StoreKinds.Databases), MemberType = typeof(StoreKinds))]
    public async Task Work_that_is_under_way_at_a_stop_is_given_back_at_once(StoreKind kind)
    {
        using var handler = new HeldHandler();
        await using var server = await StartAsync(kind, new HandTime(), handler);
        var queue = server.Services.GetRequiredService<WorkQueue>();
        await queue.EnsureAsync(handler.Kind, "1", Cancellation);
        queue.Wake();
        await handler.Begun.WaitAsync(TimeSpan.FromMinutes(2), Cancellation);
        server.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "not ready: the server stops"), await ReadyAsync(server));
        await server.Services.GetServices<IHostedService>().OfType<Worker>().Single().StopAsync(Cancellation);
        Assert.Equal(
            1,
            await server.Services.GetRequiredService<Database>().OneAsync<long>(
                "SELECT COUNT(*) FROM work WHERE kind = @Kind AND claimed_by IS NULL AND mistake IS NULL", new { handler.Kind }, Cancellation));
    }

    [Fact]
    public async Task A_replica_whose_database_is_away_is_not_ready_and_lives()
    {
        var store = await cluster.CreateDatabaseAsync();
        await using var server = await TestServer.StartAsync(
            StoreKind.PostgreSql, cluster, new Dictionary<string, string?> { ["connectionStrings:store"] = store });
        Assert.Equal((HttpStatusCode.OK, "ready"), await ReadyAsync(server));
        await cluster.DropAsync(store);
        var (status, text) = await ReadyAsync(server);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.StartsWith("not ready: ", text, StringComparison.Ordinal);
        Assert.Equal("live", await server.Client.GetStringAsync(new Uri("health/live", UriKind.Relative), Cancellation));
    }

    private Task<TestServer> StartAsync(StoreKind kind, HandTime time, HeldHandler handler) => TestServer.StartAsync(
        kind, cluster, new() { ["limits:workAtOnce"] = "1" }, builder =>
        {
            builder.Services.AddSingleton<TimeProvider>(time);
            builder.Services.AddSingleton<IWorkHandler>(handler);
        });

    private static async Task<(HttpStatusCode Status, string Text)> ReadyAsync(TestServer server)
    {
        using var response = await server.Client.GetAsync(new Uri("health/ready", UriKind.Relative), Cancellation);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(Cancellation));
    }
}
