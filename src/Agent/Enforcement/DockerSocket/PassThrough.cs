using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Sallyport.Agent.Enforcement.DockerSocket;

/// <summary>
/// Answers at a socket in the daemon's stead and passes everything on. Bounded by <see cref="MostConnections"/>; more wait in
/// the socket's own queue. Disposing ends the connections, and returns when nothing is told to the kernel any more for any of them.
/// </summary>
internal sealed class PassThrough : IDisposable
{
    private const int MostConnections = 512;
    private static readonly TimeSpan AfterFailure = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan EndDeadline = TimeSpan.FromSeconds(5);

    private readonly Socket listener;
    private readonly DaemonSocket daemon;
    private readonly IOwnerTable owners;
    private readonly RequestTracker tracker;
    private readonly IRequestJudge? judge;
    private readonly ConcurrentDictionary<PassedConnection, byte> connections = new();
    private readonly SemaphoreSlim places = new(MostConnections);
    private readonly CountdownEvent serving = new(1); // this object itself, and each connection
    private volatile bool isOver;

    /// <param name="listener">Bound and listening; this object's from here on.</param>
    /// <param name="daemon">Where requests go.</param>
    /// <param name="owners">What the kernel is told.</param>
    /// <param name="windows">Shared by all sockets of the job.</param>
    /// <param name="judge">May refuse requests; null lets all pass.</param>
    internal PassThrough(
        Socket listener, DaemonSocket daemon, IOwnerTable owners, DaemonWindows windows, IRequestJudge? judge)
    {
        this.listener = listener;
        this.daemon = daemon;
        this.owners = owners;
        this.judge = judge;
        tracker = new RequestTracker(owners, windows, new ContainerSearch(daemon));
        _ = PassedConnection.SettleAsync(AcceptAsync());
    }

    public void Dispose()
    {
        if (isOver)
        {
            return;
        }

        isOver = true;
        listener.Dispose();
        foreach (var connection in connections.Keys)
        {
            connection.Dispose();
        }

        _ = serving.Signal();
        _ = serving.Wait(EndDeadline);
    }

    private async Task AcceptAsync()
    {
        while (!isOver)
        {
            await places.WaitAsync();
            try
            {
                _ = ServeAsync(await listener.AcceptAsync());
            }
            catch (SocketException) when (!isOver)
            {
                _ = places.Release();
                await Task.Delay(AfterFailure); // no descriptor is free: one will be
            }
        }
    }

    private async Task ServeAsync(Socket client)
    {
        await Task.Yield();
        var peer = new PeerStream(client);
        if (!serving.TryAddCount())
        {
            peer.Dispose(); // it came too late
            return;
        }

        try
        {
            var pid = PeerOf(client);
            using var connection = new PassedConnection(
                peer, new PeerStream(await daemon.ConnectAsync()), new DockerClient(pid, owners.Find(pid)), tracker, judge);
            _ = connections.TryAdd(connection, 0);
            if (!isOver)
            {
                await connection.RunAsync();
            }

            _ = connections.TryRemove(connection, out _);
        }
        catch (SocketException)
        {
            // The daemon does not listen: the client sees its connection end, as it would see it refused.
        }
        finally
        {
            peer.Dispose();
            _ = places.Release();
            _ = serving.Signal();
        }
    }

    /// <summary>SO_PEERCRED (unix(7)): the process that connected, as this process numbers it.</summary>
    private static int PeerOf(Socket client)
    {
        const int SolSocket = 1;
        const int PeerCredentials = 17;
        Span<int> credentials = stackalloc int[3]; // struct ucred
        _ = client.GetRawSocketOption(SolSocket, PeerCredentials, MemoryMarshal.AsBytes(credentials));
        return credentials[0];
    }
}
