using System.Collections.Concurrent;
using Sallyport.Agent.Kernel;

namespace Sallyport.Agent.Enforcement;

/// <summary>
/// Asks the runtimes, and looks into podman's store, what the job's containers are called and made of, on a thread of its own that begins with the first
/// container. Bounded by <see cref="MostWaiting"/> questions, past which containers stay without a name. Whoever stays without one
/// because nobody answered is counted. The connection is this process's, which is no part of the job.
/// </summary>
internal sealed class ContainerInspector(
    Func<IReadOnlyList<RuntimeSocket>> sockets, Action<ContainerDescription>? onAnswer = null) : IDisposable
{
    private const int MostWaiting = 256;
    private const int MostAttempts = 5;
    private const int MostSilences = 3;
    private static readonly TimeSpan BetweenAttempts = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan AtTheEnd = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan ToStop = TimeSpan.FromSeconds(5);

    private readonly BlockingCollection<string> asked = new(MostWaiting);
    private readonly ConcurrentQueue<ContainerDescription> answers = new();
    private readonly Dictionary<RuntimeSocket, int> silences = [];
    private readonly CancellationTokenSource stop = new();
    private readonly ManualResetEventSlim idle = new(initialState: true);
    private readonly Lock counting = new();
    private Thread? thread;
    private int outstanding;
    private long lost;
    private long? lostAtEnd;
    private bool isAnswered; // the question that is being asked: by a runtime that does not know the container, or not yet

    /// <summary>
    /// Containers without a name: too many waited, a runtime was silent, or the job ended before it answered. Those that are gone already are not
    /// among them, nor those of runtimes that nobody can ask (containerd, CRI-O).
    /// </summary>
    internal long Lost
    {
        get
        {
            lock (counting)
            {
                return lostAtEnd ?? lost;
            }
        }
    }

    /// <summary>Called on the draining thread, which does not wait.</summary>
    /// <param name="id">64 hexadecimal digits.</param>
    internal void Ask(string id)
    {
        Count(1);
        if (!asked.TryAdd(id))
        {
            Count(-1, isLost: true);
            return;
        }

        if (thread is null)
        {
            thread = new Thread(Run) { Name = "containers", IsBackground = true };
            thread.Start();
        }
    }

    /// <summary>What is known of a container that no runtime can be asked for.</summary>
    internal void Tell(ContainerDescription known) => answers.Enqueue(known);

    /// <summary>Hands over the answers that came; gives how many.</summary>
    internal int Drain(IContainerHandler handler)
    {
        var count = 0;
        while (answers.TryDequeue(out var answer))
        {
            handler.Describe(answer);
            count++;
        }

        return count;
    }

    /// <summary>The job has ended: waits a moment for what is still asked.</summary>
    internal void Finish(IContainerHandler handler)
    {
        _ = idle.Wait(AtTheEnd);
        var isThere = sockets().Any(IsThere);
        lock (counting)
        {
            lostAtEnd = lost + (isThere ? outstanding - (isAnswered ? 1 : 0) : 0);
        }

        _ = Drain(handler);
    }

    /// <summary>A thread that hangs, at a store or a socket in a file system of the job's, is left alone, with what it uses.</summary>
    public void Dispose()
    {
        stop.Cancel();
        if (thread?.Join(ToStop) ?? true)
        {
            asked.Dispose();
            idle.Dispose();
            stop.Dispose();
        }
    }

    private void Run()
    {
        try
        {
            foreach (var id in asked.GetConsumingEnumerable(stop.Token))
            {
                var reply = Inspect(id);
                if (reply is not null && (reply.Name ?? reply.Image ?? reply.HostAccess) is not null)
                {
                    var answer = new ContainerDescription(id, reply.Name, reply.Image) { Aliases = reply.Aliases, HostAccess = reply.HostAccess };
                    onAnswer?.Invoke(answer);
                    answers.Enqueue(answer);
                }

                Count(-1, isLost: reply is null && sockets().Any(IsThere));
            }
        }
        catch (OperationCanceledException)
        {
            // disposed
        }
    }

    /// <summary>The container's cgroup is made a little before its runtime speaks of it. Null when none answers.</summary>
    private ContainerReply? Inspect(string id)
    {
        ContainerReply? unknown = null;
        for (var attempt = 0; attempt < MostAttempts; attempt++)
        {
            foreach (var socket in sockets())
            {
                var reply = socket.SpeaksHttp ? AskAt(socket, id) : null;
                if (reply is { Status: ContainerReply.Ok })
                {
                    return reply;
                }

                unknown = reply ?? unknown;
                Answered(unknown is not null);
            }

            if (PodmanStore.TryFind(id) is { } kept)
            {
                return kept;
            }

            if (stop.Token.WaitHandle.WaitOne(BetweenAttempts))
            {
                break;
            }
        }

        return unknown;
    }

    /// <summary>A socket that was silent a few times in a row is not asked again, so that it holds up no other.</summary>
    private ContainerReply? AskAt(RuntimeSocket socket, string id)
    {
        if (silences.GetValueOrDefault(socket) >= MostSilences)
        {
            return null;
        }

        using var file = socket.TryOpen();
        if (file is null)
        {
            return null;
        }

        var reply = RuntimeCall.TryAsk(file, id, stop.Token);
        silences[socket] = reply is null ? silences.GetValueOrDefault(socket) + 1 : 0;
        return reply;
    }

    private static bool IsThere(RuntimeSocket socket)
    {
        using var file = socket.SpeaksHttp ? socket.TryOpen() : null;
        return file is not null;
    }

    private void Answered(bool value)
    {
        lock (counting)
        {
            isAnswered = value;
        }
    }

    private void Count(int change, bool isLost = false)
    {
        lock (counting)
        {
            isAnswered &= change > 0;
            outstanding += change;
            lost += isLost ? 1 : 0;
            if (outstanding == 0)
            {
                idle.Set();
            }
            else
            {
                idle.Reset();
            }
        }
    }
}
