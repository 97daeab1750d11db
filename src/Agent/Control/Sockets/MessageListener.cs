using System.Net.Sockets;
using Sallyport.Agent.Host;

namespace Sallyport.Agent.Control.Sockets;

/// <summary>
/// Answers at a path: one request and one reply a connection. One thread waits for all that have not spoken
/// (<see cref="SilentPeers"/>); who has is answered by threads of their own, in the order of <see cref="FairQueue{TItem}"/>: what one
/// asker has opened, or asks for, does not keep another one waiting.
/// </summary>
internal sealed class MessageListener : IDisposable
{
    private const int Backlog = 64;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly Socket socket;
    private readonly Func<PeerCredentials, byte[], byte[]> answer;
    private readonly Func<PeerCredentials, int> partOf;
    private readonly SilentPeers silent;
    private readonly FairQueue<Socket> spoken = new();
    private readonly Socket wake;
    private readonly MessageSocket waker;
    private readonly Thread thread;
    private volatile bool isStopped;

    private MessageListener(
        Socket socket, Func<PeerCredentials, byte[], byte[]> answer, Func<PeerCredentials, int> partOf, TimeProvider clock)
    {
        this.socket = socket;
        this.answer = answer;
        this.partOf = partOf;
        silent = new SilentPeers(clock);
        (waker, var end) = MessageSocket.Pair();
        wake = new Socket(new SafeSocketHandle(end.DangerousGetHandle(), ownsHandle: true));
        end.SetHandleAsInvalid(); // the socket's from here on
        thread = new Thread(Run) { Name = "control", IsBackground = true };
        thread.Start();
    }

    /// <param name="path">In a folder that only root writes to; what is there from before is replaced.</param>
    /// <param name="mode">Who may connect.</param>
    /// <param name="answer">Gives the reply to a request. Called by several threads at once.</param>
    /// <param name="partOf">Tells askers of one user apart, <see cref="PeerGroup.Part"/>; null: a user is one.</param>
    /// <param name="clock">Of patience; null for the machine's.</param>
    internal static MessageListener Listen(
        string path, UnixFileMode mode, Func<PeerCredentials, byte[], byte[]> answer,
        Func<PeerCredentials, int>? partOf = null, TimeProvider? clock = null)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Seqpacket, ProtocolType.Unspecified);
        try
        {
            File.Delete(path);
            socket.Bind(new UnixDomainSocketEndPoint(path));
            File.SetUnixFileMode(path, mode);
            socket.Listen(Backlog);
            return new MessageListener(socket, answer, partOf ?? (static _ => 0), clock ?? TimeProvider.System);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Comes back when every request that has begun is answered.</summary>
    public void Dispose()
    {
        isStopped = true;
        _ = waker.TrySend([0]);
        thread.Join();
        socket.Dispose();
        silent.Dispose();
        lock (spoken)
        {
            spoken.Clear().ForEach(connection => connection.Dispose());
            while (spoken.Running > 0)
            {
                _ = Monitor.Wait(spoken);
            }
        }

        wake.Dispose();
        waker.Dispose();
    }

    private void Run()
    {
        while (!isStopped)
        {
            try
            {
                List<Socket> ready = [wake, socket, .. silent.Sockets];
                Socket.Select(ready, null, null, silent.Timeout);
                foreach (var one in ready)
                {
                    if (one == socket)
                    {
                        Welcome(socket.Accept());
                    }
                    else if (silent.TryTake(one) is { } group)
                    {
                        Queue(one, group);
                    }
                }

                silent.CloseLate();
            }
            catch (Exception e) when (Shortage.Is(e))
            {
                _ = SpinWait.SpinUntil(() => isStopped, Pause); // out of descriptors
            }
        }
    }

    private void Welcome(Socket connection)
    {
        try
        {
            var peer = PeerCredentials.Of(connection);
            silent.Add(connection, new PeerGroup(peer.User, partOf(peer)));
        }
        catch (Exception e) when (Shortage.Is(e))
        {
            connection.Dispose();
        }
    }

    private void Queue(Socket connection, PeerGroup group)
    {
        lock (spoken)
        {
            if (!spoken.TryAdd(group, connection))
            {
                connection.Dispose(); // the asker is told that nobody answers
            }
            else if (spoken.TryTake(out var first, out var next))
            {
                try
                {
                    new Thread(() => Serve(first, next)) { Name = "request", IsBackground = true }.Start();
                }
                catch (Exception e) when (Shortage.Is(e))
                {
                    next.Dispose();
                    spoken.Done(first);
                }
            }
        }
    }

    /// <summary>Answers one, then whoever has waited meanwhile.</summary>
    private void Serve(PeerGroup group, Socket? next)
    {
        while (next is not null)
        {
            Answer(next);
            lock (spoken)
            {
                spoken.Done(group);
                if (isStopped || !spoken.TryTake(out group, out next))
                {
                    next = null;
                    Monitor.PulseAll(spoken);
                }
            }
        }
    }

    private void Answer(Socket connection)
    {
        try
        {
            using var peer = new MessageSocket(connection);
            if (peer.TryReceive(TimeSpan.Zero) is { } request)
            {
                _ = peer.TrySend(answer(peer.Peer, request));
            }
        }
        catch (Exception e) when (Shortage.Is(e))
        {
            // The peer is gone, or there is nothing to answer it with: it is told that nobody answers.
        }
    }
}
