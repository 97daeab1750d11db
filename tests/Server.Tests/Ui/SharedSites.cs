namespace Sallyport.Server.Tests.Ui;

/// <summary>Filled sites, one with each database, for tests of a class that change nothing there.</summary>
public sealed class SharedSites(PostgresCluster cluster) : IAsyncLifetime
{
    private readonly Dictionary<StoreKind, FilledSite> sites = [];

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        foreach (var site in sites.Values)
        {
            await site.DisposeAsync();
        }
    }

    // Tests of a class come one after the other.
    internal async Task<FilledSite> OfAsync(StoreKind kind)
    {
        if (!sites.TryGetValue(kind, out var site))
        {
            sites[kind] = site = await FilledSite.StartAsync(kind, cluster);
        }

        return site;
    }
}
