using System.Collections.Immutable;
using System.Net.Sockets;
using Sallyport.Agent.Host;

namespace Sallyport.Agent.Enforcement.DockerSocket;

/// <summary>
/// A listening socket of the agent's that may be connected to by whoever may connect to the daemon's: same owner, group and
/// mode. Its file is in a folder that only root enters, until it is shown elsewhere.
/// </summary>
/// <param name="Daemon">Path of the daemon's socket.</param>
/// <param name="File">Path of this one.</param>
/// <param name="Listener">Already listening: who connects early waits.</param>
internal sealed record OwnSocket(string Daemon, string File, Socket Listener)
{
    /// <summary>Paths of the daemons whose requests the agent looks at.</summary>
    internal static readonly ImmutableArray<string> Daemons = ["/run/docker.sock", "/run/podman/podman.sock"];

    private const int Backlog = 128;
    private const int PermissionBits = 0x1ff;

    /// <summary>Null when there is no such socket of a daemon.</summary>
    /// <exception cref="IOException">It cannot be made.</exception>
    internal static OwnSocket? TryMake(string daemon, string file)
    {
        using var place = PathHandle.TryOpen(daemon);
        if (place is null || !FileStatus.TryRead(place, out var status) || !status.IsSocket)
        {
            return null;
        }

        var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            listener.Bind(new UnixDomainSocketEndPoint(file));
            System.IO.File.SetUnixFileMode(file, (UnixFileMode)(status.Mode & PermissionBits));
            if (Interop.Libc.lchown(file, status.Owner, status.Group) != 0)
            {
                throw Errno.Failure($"chown of {file}");
            }

            listener.Listen(Backlog);
            return new OwnSocket(daemon, file, listener);
        }
        catch (SocketException e)
        {
            listener.Dispose();
            throw new IOException($"{file}: {e.Message}", e);
        }
        catch
        {
            listener.Dispose();
            throw;
        }
    }
}
