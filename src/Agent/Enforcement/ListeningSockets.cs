using System.Globalization;
using Sallyport.Agent.Host;

namespace Sallyport.Agent.Enforcement;

/// <summary>Paths at which a process listens, from its own view of /proc/net/unix (proc(5)), and whether a socket does.</summary>
internal static unsafe class ListeningSockets
{
    private const string ListeningFlag = "00010000";
    private const int SocketLevel = 1;
    private const int AcceptsConnections = 30; // SO_ACCEPTCONN

    internal static bool Listens(int socket)
    {
        Span<int> value = [0];
        uint length = sizeof(int);
        fixed (int* listens = value)
        {
            return Interop.Libc.getsockopt(socket, SocketLevel, AcceptsConnections, listens, &length) == 0 && value[0] != 0;
        }
    }

    internal static IEnumerable<string> Of(int pid)
    {
        var own = Descriptors(pid);
        return UnixOf(pid.ToString(CultureInfo.InvariantCulture))
            .Where(socket => socket.Name.StartsWith('/') && own.Contains(socket.Inode)).Select(socket => socket.Name);
    }

    /// <summary>Unix sockets that listen in the network namespace of a process: a path, or <c>@</c> and an abstract name.</summary>
    internal static IEnumerable<(string Inode, string Name)> UnixOf(string process)
    {
        // Num RefCount Protocol Flags Type St Inode Path
        foreach (var line in (ProcText.TryRead($"/proc/{process}/net/unix") ?? string.Empty).Split('\n').Skip(1))
        {
            var words = line.Split(' ', 8, StringSplitOptions.RemoveEmptyEntries);
            if (words.Length == 8 && words[3] == ListeningFlag)
            {
                yield return (words[6], words[7]);
            }
        }
    }

    /// <summary>Inodes of the sockets that a process has open.</summary>
    internal static HashSet<string> Descriptors(int pid) => TryDescriptors(pid) ?? [];

    /// <summary>The same; null when it runs and may not be looked into.</summary>
    internal static HashSet<string>? TryDescriptors(int pid)
    {
        const string Socket = "socket:[";
        try
        {
            return [.. Directory.EnumerateFiles($"/proc/{pid}/fd").Select(ProcText.TryReadLink)
                .Where(link => link is not null && link.StartsWith(Socket, StringComparison.Ordinal))
                .Select(link => link![Socket.Length..^1])];
        }
        catch (IOException)
        {
            return []; // it ended meanwhile
        }
        catch (UnauthorizedAccessException)
        {
            return null;
        }
    }
}
