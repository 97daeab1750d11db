namespace Sallyport.Server.Tests.Ui;

/// <summary>Filled sites, one with each database, for tests of a class that change nothing there.</summary>
public sealed class SharedSites(PostgresCluster cluster) : IAsyncLifetime
{
    private readonly StartedByKind<FilledSite> sites = new(kind => FilledSite.StartAsync(kind, cluster));

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => sites.DisposeAsync();

    internal Task<FilledSite> OfAsync(StoreKind kind) => sites.OfAsync(kind);
}
