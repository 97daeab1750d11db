using System.Net.Sockets;

namespace Sallyport.Agent.Control.Sockets;

/// <summary>
/// Answers at a path: each connection on a thread of its own, one request and one reply. Bounded by
/// <see cref="MostAtOnce"/> connections; more wait in the kernel's queue, and each has <see cref="Patience"/> to speak.
/// </summary>
internal sealed class MessageListener : IDisposable
{
    private const int MostAtOnce = 16;
    private const int Backlog = 64;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly Socket socket;
    private readonly Func<PeerCredentials, byte[], byte[]> answer;
    private readonly Thread thread;
    private readonly SemaphoreSlim places = new(MostAtOnce);
    private volatile bool isStopped;

    private MessageListener(Socket socket, Func<PeerCredentials, byte[], byte[]> answer)
    {
        this.socket = socket;
        this.answer = answer;
        thread = new Thread(Run) { Name = "control", IsBackground = true };
        thread.Start();
    }

    /// <param name="path">In a folder that only root writes to; what is there from before is replaced.</param>
    /// <param name="mode">Who may connect.</param>
    /// <param name="answer">Gives the reply to a request. Called by several threads at once.</param>
    internal static MessageListener Listen(string path, UnixFileMode mode, Func<PeerCredentials, byte[], byte[]> answer)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Seqpacket, ProtocolType.Unspecified);
        try
        {
            File.Delete(path);
            socket.Bind(new UnixDomainSocketEndPoint(path));
            File.SetUnixFileMode(path, mode);
            socket.Listen(Backlog);
            return new MessageListener(socket, answer);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        isStopped = true;
        socket.Dispose();
        thread.Join();
        for (var i = 0; i < MostAtOnce; i++)
        {
            places.Wait();
        }

        places.Dispose();
    }

    private void Run()
    {
        while (!isStopped)
        {
            try
            {
                var connection = socket.Accept();
                places.Wait();
                new Thread(() => Serve(connection)) { Name = "request", IsBackground = true }.Start();
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                if (!isStopped)
                {
                    _ = SpinWait.SpinUntil(() => isStopped, TimeSpan.FromMilliseconds(50)); // out of descriptors
                }
            }
        }
    }

    private void Serve(Socket connection)
    {
        try
        {
            using var peer = new MessageSocket(connection);
            if (peer.TryReceive(Patience) is { } request)
            {
                _ = peer.TrySend(answer(peer.Peer, request));
            }
        }
        catch (SocketException)
        {
            // The peer is gone.
        }
        finally
        {
            _ = places.Release();
        }
    }
}
