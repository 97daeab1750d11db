using System.Net.Sockets;

namespace Sallyport.Agent.Control.Sockets;

/// <summary>
/// Connections that have said nothing yet. They hold nobody up: each has <see cref="Patience"/> to speak, and where there are too
/// many, of one asker or in all, the oldest is closed for the newest.
/// </summary>
internal sealed class SilentPeers(TimeProvider clock) : IDisposable
{
    private const int Most = 256;
    private const int MostOfOne = 64;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(250);

    // By their age.
    private readonly List<(Socket Socket, PeerGroup Group, long Since)> peers = [];

    /// <summary>How long the next look may wait; infinite while nobody is silent.</summary>
    internal TimeSpan Timeout => peers.Count == 0 ? System.Threading.Timeout.InfiniteTimeSpan : Look;

    internal IEnumerable<Socket> Sockets => peers.Select(peer => peer.Socket);

    internal void Add(Socket socket, PeerGroup group)
    {
        if (peers.Count(peer => peer.Group == group) >= MostOfOne)
        {
            CloseAt(peers.FindIndex(peer => peer.Group == group));
        }
        else if (peers.Count >= Most)
        {
            // Of who has most: whoever has one or two keeps them.
            var crowd = peers.CountBy(peer => peer.Group).MaxBy(pair => pair.Value).Key;
            CloseAt(peers.FindIndex(peer => peer.Group == crowd));
        }

        peers.Add((socket, group, clock.GetTimestamp()));
    }

    /// <summary>One has spoken: it is somebody else's from here on. Null when it is none of these any more.</summary>
    internal PeerGroup? TryTake(Socket socket)
    {
        var index = peers.FindIndex(peer => peer.Socket == socket);
        if (index < 0)
        {
            return null;
        }

        var group = peers[index].Group;
        peers.RemoveAt(index);
        return group;
    }

    internal void CloseLate()
    {
        while (peers.Count > 0 && clock.GetElapsedTime(peers[0].Since) > Patience)
        {
            CloseAt(0);
        }
    }

    public void Dispose()
    {
        while (peers.Count > 0)
        {
            CloseAt(0);
        }
    }

    private void CloseAt(int index)
    {
        peers[index].Socket.Dispose();
        peers.RemoveAt(index);
    }
}
