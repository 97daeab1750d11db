namespace Sallyport.Server.Tests.Access;

/// <summary>An issuer as an Enterprise Server has it, and a server that takes its tokens, for tests of tokens that are refused.</summary>
public sealed class JobTokenSite(PostgresCluster cluster) : IAsyncLifetime
{
    internal JobIssuer Issuer { get; private set; } = null!;

    internal TestServer Server { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Issuer = await JobIssuer.StartAsync(JobTokenTests.EnterprisePath);
        Server = await TestServer.StartAsync(StoreKind.Sqlite, cluster, Issuer.Settings);
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        await Issuer.DisposeAsync();
    }
}
