using System.Collections.Concurrent;
using Microsoft.Win32.SafeHandles;
using Sallyport.Lab.Interop;

namespace Sallyport.Lab.Namespaces;

/// <summary>
/// A thread that lives in a network namespace of its own, and in a mount namespace of its own if asked. What is
/// opened on it belongs to that namespace for good: a socket keeps the namespace that it was made in. Both
/// namespaces are anonymous, so that nothing is left when the test process goes, however it goes.
/// </summary>
internal sealed class NamespaceThread : IDisposable
{
    private readonly BlockingCollection<Action> _work = new(boundedCapacity: 64);
    private readonly Thread _thread;
    private SafeFileHandle? _network;
    private SafeFileHandle? _mount;

    private NamespaceThread(string name)
    {
        _thread = new Thread(Work) { IsBackground = true, Name = name };
    }

    /// <summary>Path by which <c>nsenter --net=</c> of any process finds it while this object lives.</summary>
    public string NetworkPath => PathOf(_network);

    /// <summary>As <see cref="NetworkPath"/>, for <c>nsenter --mount=</c>.</summary>
    public string MountPath => PathOf(_mount);

    public static NamespaceThread Start(string name, bool ownMounts)
    {
        var thread = new NamespaceThread(name);
        thread._thread.Start();
        thread.Run(() =>
        {
            Libc.Check(Libc.unshare(Libc.CLONE_NEWNET), "unshare(CLONE_NEWNET)");
            thread._network = File.OpenHandle("/proc/thread-self/ns/net");
            if (ownMounts)
            {
                Libc.Check(Libc.unshare(Libc.CLONE_FS | Libc.CLONE_NEWNS), "unshare(CLONE_NEWNS)");
                Libc.Check(
                    Libc.mount("none", "/", null, Libc.MS_REC | Libc.MS_PRIVATE, null), "mount(MS_PRIVATE)");
                thread._mount = File.OpenHandle("/proc/thread-self/ns/mnt");
            }
        });
        return thread;
    }

    public void Run(Action action) => Run<object?>(() =>
    {
        action();
        return null;
    });

    /// <summary>Runs on the thread and returns what it returned; throws what it threw.</summary>
    public T Run<T>(Func<T> function)
    {
        var done = new TaskCompletionSource<T>();
        _work.Add(() =>
        {
            try
            {
                done.SetResult(function());
            }
#pragma warning disable CA1031 // handed to the caller, who waits below
            catch (Exception e)
#pragma warning restore CA1031
            {
                done.SetException(e);
            }
        });
        return done.Task.GetAwaiter().GetResult();
    }

    public void Dispose()
    {
        _work.CompleteAdding();
        _thread.Join();
        _network?.Dispose();
        _mount?.Dispose();
        _work.Dispose();
    }

    private static string PathOf(SafeFileHandle? handle) => handle is null
        ? throw new LabException("This thread has no such namespace of its own.")
        : $"/proc/{Environment.ProcessId}/fd/{handle.DangerousGetHandle()}";

    private void Work()
    {
        foreach (var action in _work.GetConsumingEnumerable())
        {
            action();
        }
    }
}
