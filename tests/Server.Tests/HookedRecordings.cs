using System.Runtime.CompilerServices;
using Microsoft.Extensions.DependencyInjection;
using Sallyport.Server.Recordings;

namespace Sallyport.Server.Tests;

/// <summary>A store in which something happens, once, before an object is opened, written or removed, or after objects were listed.</summary>
internal sealed class HookedRecordings(IRecordingStore store) : IRecordingStore
{
    private (Func<string, bool> IsIt, Func<Task> What)? opened;
    private (Func<string, bool> IsIt, Func<Task> What)? written;
    private (Func<string, bool> IsIt, Func<Task> What)? removed;
    private Func<Task>? listed;

    /// <summary>Puts itself before the store of a server.</summary>
    public static HookedRecordings AddTo(IServiceCollection services)
    {
        var hooked = new HookedRecordings(
            (IRecordingStore)services.Single(service => service.ServiceType == typeof(IRecordingStore)).ImplementationInstance!);
        services.AddSingleton<IRecordingStore>(hooked);
        return hooked;
    }

    /// <summary>Next time that such a name is opened, this is done before.</summary>
    public void OnceOpened(Func<string, bool> name, Func<Task> what) => opened = (name, what);

    /// <summary>Next time that such a name is written, this is done before.</summary>
    public void OnceWritten(Func<string, bool> name, Func<Task> what) => written = (name, what);

    /// <summary>Next time that such a name is removed, this is done before.</summary>
    public void OnceRemoved(Func<string, bool> name, Func<Task> what) => removed = (name, what);

    /// <summary>Next time that names are listed, this is done after: the names are of before, what can be opened is of after.</summary>
    public void OnceListed(Func<Task> what) => listed = what;

    public async Task PutAsync(string name, ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        await WriteAsync(name);
        await store.PutAsync(name, bytes, cancellation);
    }

    public async Task PutFileAsync(string name, string path, CancellationToken cancellation)
    {
        await WriteAsync(name);
        await store.PutFileAsync(name, path, cancellation);
    }

    public async Task<Stream?> OpenAsync(string name, CancellationToken cancellation)
    {
        if (opened is { } hook && hook.IsIt(name))
        {
            opened = null;
            await hook.What();
        }

        return await store.OpenAsync(name, cancellation);
    }

    public async Task RemoveAsync(IReadOnlyList<string> names, CancellationToken cancellation)
    {
        if (removed is { } hook && names.Any(hook.IsIt))
        {
            removed = null;
            await hook.What();
        }

        await store.RemoveAsync(names, cancellation);
    }

    public async IAsyncEnumerable<StoredObject> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var objects = await store.ListAsync(prefix, cancellation).ToListAsync(cancellation);
        if (Interlocked.Exchange(ref listed, null) is { } what)
        {
            await what();
        }

        foreach (var one in objects)
        {
            yield return one;
        }
    }

    private async Task WriteAsync(string name)
    {
        if (written is { } hook && hook.IsIt(name))
        {
            written = null;
            await hook.What();
        }
    }
}
