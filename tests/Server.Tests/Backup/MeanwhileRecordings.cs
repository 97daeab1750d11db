using System.Runtime.CompilerServices;
using Sallyport.Server.Recordings;

namespace Sallyport.Server.Tests.Backup;

/// <summary>A store in which something happens between a first look and the next.</summary>
internal sealed class MeanwhileRecordings(IRecordingStore store, Func<Task> meanwhile) : IRecordingStore
{
    public Task PutAsync(string name, ReadOnlyMemory<byte> bytes, CancellationToken cancellation) => store.PutAsync(name, bytes, cancellation);

    public Task PutFileAsync(string name, string path, CancellationToken cancellation) => store.PutFileAsync(name, path, cancellation);

    public Task<Stream?> OpenAsync(string name, CancellationToken cancellation) => store.OpenAsync(name, cancellation);

    public Task RemoveAsync(IReadOnlyList<string> names, CancellationToken cancellation) => store.RemoveAsync(names, cancellation);

    public async IAsyncEnumerable<StoredObject> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var objects = new List<StoredObject>();
        await foreach (var one in store.ListAsync(prefix, cancellation))
        {
            objects.Add(one);
        }

        // The names are of before, what can be opened is of after.
        await meanwhile();
        foreach (var one in objects)
        {
            yield return one;
        }
    }
}
