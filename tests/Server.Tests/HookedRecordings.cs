using Sallyport.Server.Recordings;

namespace Sallyport.Server.Tests;

/// <summary>A store in which something happens, once, before an object is opened.</summary>
internal sealed class HookedRecordings(IRecordingStore store) : IRecordingStore
{
    private Func<string, bool> isIt = _ => false;
    private Func<Task> then = () => Task.CompletedTask;

    /// <summary>Next time that such a name is opened, this is done before.</summary>
    public void Once(Func<string, bool> name, Func<Task> what) => (then, isIt) = (what, name);

    public Task PutAsync(string name, ReadOnlyMemory<byte> bytes, CancellationToken cancellation) => store.PutAsync(name, bytes, cancellation);

    public Task PutFileAsync(string name, string path, CancellationToken cancellation) => store.PutFileAsync(name, path, cancellation);

    public async Task<Stream?> OpenAsync(string name, CancellationToken cancellation)
    {
        if (isIt(name))
        {
            isIt = _ => false;
            await then();
        }

        return await store.OpenAsync(name, cancellation);
    }

    public Task RemoveAsync(IReadOnlyList<string> names, CancellationToken cancellation) => store.RemoveAsync(names, cancellation);

    public IAsyncEnumerable<StoredObject> ListAsync(string prefix, CancellationToken cancellation) => store.ListAsync(prefix, cancellation);
}
