using Sallyport.Server.Access;
using Sallyport.Server.Tests.Ui;

namespace Sallyport.Server.Tests;

/// <summary>
/// Servers that the tests of a class share where none changes what another sees: one of each kind, started when the first asks for it.
/// A job or an account that a test makes has a name of its own.
/// </summary>
public sealed class SharedServers(PostgresCluster cluster) : IAsyncLifetime
{
    private readonly StartedByKind<TestServer> servers = new(kind => TestServer.StartAsync(kind, cluster));
    private readonly Dictionary<(StoreKind Kind, string Owner, Role Role), Visitor> visitors = [];

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        foreach (var visitor in visitors.Values)
        {
            visitor.Dispose();
        }

        await servers.DisposeAsync();
    }

    internal Task<TestServer> OfAsync(StoreKind kind) => servers.OfAsync(kind);

    /// <summary>Somebody with a role, who has signed in once: the server bounds how often that is done in a minute.</summary>
    internal async Task<Visitor> VisitorAsync(StoreKind kind, string owner, Role role)
    {
        if (!visitors.TryGetValue((kind, owner, role), out var visitor))
        {
            visitors[(kind, owner, role)] = visitor = await Visitor.WithRoleAsync(await OfAsync(kind), owner, role);
        }

        return visitor;
    }
}
