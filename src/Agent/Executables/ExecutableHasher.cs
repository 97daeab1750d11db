using System.Collections.Concurrent;
using System.Text;
using Sallyport.Agent.Core.Decoding;
using Sallyport.Agent.Host;

namespace Sallyport.Agent.Executables;

/// <summary>
/// Takes the SHA-256 of everything that the job executes, once for each file as it is, on a thread of its own that gives way to
/// the job. What ends and is removed within moments stays without. Bounded by <see cref="MostKnown"/> and <see cref="MostWaiting"/>; what
/// finds no place is counted each time that it is executed.
/// </summary>
/// <param name="patience">Waited at the end of the job; null for five seconds.</param>
internal sealed class ExecutableHasher(TimeSpan? patience = null) : IDisposable
{
    private const int MostKnown = 65_536;
    private const int MostWaiting = 8192;

    /// <summary>Behind the job, which is not to wait for it.</summary>
    private const int Priority = 10;

    private readonly TimeSpan atTheEnd = patience ?? TimeSpan.FromSeconds(5);
    private readonly HashSet<ExecutableKey> known = [];
    private readonly BlockingCollection<(ExecutableKey Key, int Pid, string Path)> waiting = new(MostWaiting);
    private readonly ConcurrentQueue<ExecutableHash> done = new();
    private readonly CancellationTokenSource stop = new();
    private Thread? thread;
    private long unfinished;
    private long lost;

    /// <summary>Executions of files that were not hashed for want of a place, and files that were left at the end.</summary>
    internal long Lost => Interlocked.Read(ref lost);

    /// <summary>Called on the draining thread, which does not wait.</summary>
    internal void Executed(in ProcessExecutedEvent value)
    {
        var key = ExecutableKey.Of(in value.Fixed);
        if (key.Inode == 0 || known.Contains(key))
        {
            return;
        }

        if (known.Count >= MostKnown)
        {
            _ = Interlocked.Increment(ref lost);
            return;
        }

        _ = known.Add(key);
        _ = Interlocked.Increment(ref unfinished);
        if (!waiting.TryAdd((key, (int)value.Fixed.Pid, Encoding.UTF8.GetString(value.Exe))))
        {
            _ = Interlocked.Decrement(ref unfinished);
            _ = known.Remove(key); // when it is executed again
            _ = Interlocked.Increment(ref lost);
        }
        else if (thread is null)
        {
            thread = new Thread(Run) { Name = "hashes", IsBackground = true };
            thread.Start();
        }
    }

    /// <summary>Hands over what is done; gives how many.</summary>
    internal int Drain(IExecutableHandler handler)
    {
        var count = 0;
        while (done.TryDequeue(out var hash))
        {
            handler.Describe(hash);
            count++;
        }

        return count;
    }

    /// <summary>The job has ended: waits a moment for what is left.</summary>
    internal void Finish(IExecutableHandler handler)
    {
        waiting.CompleteAdding();
        if (thread?.Join(atTheEnd) == false)
        {
            _ = Interlocked.Add(ref lost, Interlocked.Read(ref unfinished));
        }

        _ = Drain(handler);
    }

    public void Dispose()
    {
        stop.Cancel();
        if (thread?.Join(atTheEnd) ?? true)
        {
            waiting.Dispose();
            stop.Dispose();
        }
    }

    private void Run()
    {
        _ = Interop.Libc.setpriority(0, 0, Priority);
        try
        {
            foreach (var (key, pid, path) in waiting.GetConsumingEnumerable(stop.Token))
            {
                if (ExecutableFile.TryHash(in key, pid, path) is { } hash)
                {
                    done.Enqueue(new ExecutableHash(key, path, hash));
                }

                _ = Interlocked.Decrement(ref unfinished);
            }
        }
        catch (OperationCanceledException)
        {
            // disposed
        }
    }
}
