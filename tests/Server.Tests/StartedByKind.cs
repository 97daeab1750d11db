namespace Sallyport.Server.Tests;

/// <summary>One for each kind of store, started when it is first asked for. Tests of a class come one after the other.</summary>
internal sealed class StartedByKind<T>(Func<StoreKind, Task<T>> start) : IAsyncDisposable
    where T : class, IAsyncDisposable
{
    private readonly Dictionary<StoreKind, T> started = [];

    public async Task<T> OfAsync(StoreKind kind)
    {
        if (!started.TryGetValue(kind, out var one))
        {
            started[kind] = one = await start(kind);
        }

        return one;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var one in started.Values)
        {
            await one.DisposeAsync();
        }
    }
}
