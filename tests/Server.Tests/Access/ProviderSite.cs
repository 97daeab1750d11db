namespace Sallyport.Server.Tests.Access;

/// <summary>A provider and a server that signs in by it, for tests each of which signs in a subject of its own.</summary>
public sealed class ProviderSite(PostgresCluster cluster) : IAsyncLifetime
{
    internal IdentityProvider Provider { get; private set; } = null!;

    internal TestServer Server { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Provider = await IdentityProvider.StartAsync();
        Server = await TestServer.StartAsync(StoreKind.Sqlite, cluster, Provider.Settings);
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        await Provider.DisposeAsync();
    }
}
