using System.Collections.Concurrent;
using Sallyport.Agent.Host;
using Sallyport.Agent.Kernel;

namespace Sallyport.Agent.Enforcement;

/// <summary>
/// Asks the runtimes, and looks into podman's store, what the job's containers are called and made of. Several at once, on threads that begin
/// with the containers: Docker says nothing of one while it starts it, for seconds where many are started. Bounded by <see cref="MostWaiting"/>
/// questions, past which containers stay without a name. Whoever stays without one because nobody answered is counted. The connection is
/// this process's, which is no part of the job.
/// </summary>
/// <param name="sockets">Where runtimes are asked; from any thread.</param>
/// <param name="onAnswer">Told of each answer, by the thread that has it.</param>
/// <param name="clock">By which a silent socket is asked again; null for the system's.</param>
internal sealed class ContainerInspector(
    Func<IReadOnlyList<RuntimeSocket>> sockets, Action<ContainerDescription>? onAnswer = null, TimeProvider? clock = null) : IDisposable
{
    private const int MostWaiting = 256;
    private const int MostAtOnce = 8;
    private const int MostAttempts = 5;
    private static readonly TimeSpan BetweenAttempts = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan AtTheEnd = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ToStop = TimeSpan.FromSeconds(5);

    private readonly BlockingCollection<string> asked = new(MostWaiting);
    private readonly ConcurrentQueue<ContainerDescription> answers = new();
    private readonly SilentSockets silent = new(clock ?? TimeProvider.System);
    private readonly CancellationTokenSource stop = new();
    private readonly ManualResetEventSlim idle = new(initialState: true);
    private readonly Lock counting = new();
    private readonly List<Thread> threads = new(MostAtOnce); // those that were started
    private int outstanding;
    private int answered; // of these, by a runtime that does not know the container, or not yet
    private long lost;
    private long? lostAtEnd;

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
        var waiting = Count(1);
        if (!asked.TryAdd(id))
        {
            _ = Count(-1, isLost: true);
            return;
        }

        if (waiting > threads.Count && threads.Count < MostAtOnce)
        {
            Begin();
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
            lostAtEnd = lost + (isThere ? outstanding - answered : 0);
            _ = Drain(handler);
        }
    }

    /// <summary>A thread that hangs, at a store or a socket in a file system of the job's, is left alone, with what it uses.</summary>
    public void Dispose()
    {
        stop.Cancel();
        var until = Environment.TickCount64 + (long)ToStop.TotalMilliseconds;
        if (threads.TrueForAll(thread => thread.Join((int)long.Max(0, until - Environment.TickCount64))))
        {
            asked.Dispose();
            idle.Dispose();
            stop.Dispose();
        }
    }

    /// <summary>Where the machine has no thread to give, those that run answer in turn; where there is none, nobody does, and it is counted at the end.</summary>
    private void Begin()
    {
        var thread = new Thread(Run) { Name = "containers", IsBackground = true };
        try
        {
            thread.Start();
            threads.Add(thread);
        }
        catch (Exception e) when (Shortage.Is(e))
        {
            // Tried again with the next container.
        }
    }

    private void Run()
    {
        try
        {
            foreach (var id in asked.GetConsumingEnumerable(stop.Token))
            {
                var reply = Inspect(id, out var wasAnswered);
                var answer = reply is not null && (reply.Name ?? reply.Image ?? reply.HostAccess) is not null
                    ? new ContainerDescription(id, reply.Name, reply.Image) { Aliases = reply.Aliases, HostAccess = reply.HostAccess }
                    : null;
                if (answer is not null)
                {
                    onAnswer?.Invoke(answer);
                }

                var isLost = reply is null && sockets().Any(IsThere);
                lock (counting)
                {
                    // Together: whoever counts what is outstanding finds the answers of the rest.
                    if (answer is not null)
                    {
                        answers.Enqueue(answer);
                    }

                    _ = Count(-1, isLost, answers: wasAnswered ? -1 : 0);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // disposed
        }
    }

    /// <summary>The container's cgroup is made a little before its runtime speaks of it. Null when none answers.</summary>
    /// <param name="id">64 hexadecimal digits.</param>
    /// <param name="wasAnswered">It is among those that a runtime did not know when it was asked.</param>
    private ContainerReply? Inspect(string id, out bool wasAnswered)
    {
        ContainerReply? unknown = null;
        wasAnswered = false;
        for (var attempt = 0; attempt < MostAttempts; attempt++)
        {
            foreach (var socket in sockets())
            {
                var reply = socket.SpeaksHttp ? AskAt(socket, id) : null;
                if (reply is { Status: ContainerReply.Ok })
                {
                    return reply;
                }

                if (reply is not null && !wasAnswered)
                {
                    wasAnswered = true;
                    _ = Count(0, answers: 1);
                }

                unknown = reply ?? unknown;
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

    private ContainerReply? AskAt(RuntimeSocket socket, string id)
    {
        using var file = silent.IsLeftAlone(socket) ? null : socket.TryOpen();
        if (file is null)
        {
            return null;
        }

        var reply = RuntimeCall.TryAsk(file, id, stop.Token);
        silent.Heard(socket, answer: reply is not null);
        return reply;
    }

    private static bool IsThere(RuntimeSocket socket)
    {
        using var file = socket.SpeaksHttp ? socket.TryOpen() : null;
        return file is not null;
    }

    /// <summary>How many are outstanding then.</summary>
    private int Count(int change, bool isLost = false, int answers = 0)
    {
        lock (counting)
        {
            outstanding += change;
            answered += answers;
            lost += isLost ? 1 : 0;
            if (outstanding == 0)
            {
                idle.Set();
            }
            else
            {
                idle.Reset();
            }

            return outstanding;
        }
    }
}
