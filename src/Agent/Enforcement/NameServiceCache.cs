using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Sallyport.Agent.Enforcement;

/// <summary>nscd(8): "forget the table of hosts", as its own option --invalidate says it over its socket.</summary>
internal static class NameServiceCache
{
    private const int Version = 2; // NSCD_VERSION of glibc
    private const int Invalidate = 10;
    private const int LimitMilliseconds = 200;
    private static readonly string[] Sockets = ["/run/nscd/socket", "/var/run/nscd/socket"];

    /// <summary>Gives null, or why not.</summary>
    internal static string? TryFlush()
    {
        try
        {
            if (Sockets.FirstOrDefault(File.Exists) is not { } path)
            {
                return "it has no socket at " + Sockets[0];
            }

            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            socket.SendTimeout = socket.ReceiveTimeout = LimitMilliseconds;
            socket.Connect(new UnixDomainSocketEndPoint(path));

            // struct request_header: version, request, length of the key; then the key with its NUL
            ReadOnlySpan<byte> key = "hosts\0"u8;
            Span<byte> request = stackalloc byte[12 + key.Length];
            MemoryMarshal.Write(request, Version);
            MemoryMarshal.Write(request[4..], Invalidate);
            MemoryMarshal.Write(request[8..], key.Length);
            key.CopyTo(request[12..]);
            _ = socket.Send(request);
            Span<byte> answer = stackalloc byte[sizeof(int)];
            return socket.Receive(answer) == answer.Length && MemoryMarshal.Read<int>(answer) == 0 ? null : "it refused";
        }
        catch (SocketException e)
        {
            return e.Message;
        }
    }
}
