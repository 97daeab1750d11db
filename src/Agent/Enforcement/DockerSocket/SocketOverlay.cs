using System.Collections.Immutable;
using Sallyport.Agent.Host;

namespace Sallyport.Agent.Enforcement.DockerSocket;

/// <summary>
/// The agent's sockets over the daemons', in the job's own mount namespace: the rest of the machine does not see them, and
/// they are gone with the job whatever happens to the agent (docs/adr/0009).
/// </summary>
internal sealed class SocketOverlay : IDisposable
{
    private readonly string folder;

    private SocketOverlay(string folder, ImmutableArray<OwnSocket> sockets)
    {
        this.folder = folder;
        Sockets = sockets;
    }

    internal ImmutableArray<OwnSocket> Sockets { get; }

    /// <summary>Makes a socket for each daemon that is here; null when there is none.</summary>
    /// <param name="folder">Of this job; made for root alone.</param>
    /// <exception cref="IOException">A socket cannot be made.</exception>
    internal static SocketOverlay? TryPrepare(string folder)
    {
        if (!OwnSocket.Daemons.Any(File.Exists))
        {
            return null;
        }

        RootFolder.Ensure(Path.GetDirectoryName(folder)!);
        RootFolder.Ensure(folder);
        var sockets = ImmutableArray.CreateBuilder<OwnSocket>();
        try
        {
            foreach (var daemon in OwnSocket.Daemons)
            {
                if (OwnSocket.TryMake(daemon, Path.Combine(folder, $"{sockets.Count}")) is { } socket)
                {
                    sockets.Add(socket);
                }
            }

            return new SocketOverlay(folder, sockets.ToImmutable());
        }
        catch
        {
            new SocketOverlay(folder, sockets.ToImmutable()).Dispose();
            throw;
        }
    }

    /// <summary>The folder, and what is in it.</summary>
    public void Dispose()
    {
        foreach (var socket in Sockets)
        {
            socket.Listener.Dispose();
        }

        Directory.Delete(folder, recursive: true);
    }
}
