using System.Net.Sockets;
using System.Text;

namespace Sallyport.Agent.Service;

/// <summary>Tells systemd how the service does (sd_notify(3)); nothing where nobody listens.</summary>
internal static class SystemdNotice
{
    /// <param name="address">NOTIFY_SOCKET: a path, or an abstract name behind an @.</param>
    /// <param name="state"><c>READY=1</c>, <c>STOPPING=1</c>.</param>
    internal static void Send(string? address, string state)
    {
        if (string.IsNullOrEmpty(address) || address[0] is not ('/' or '@'))
        {
            return;
        }

        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
            _ = socket.SendTo(
                Encoding.UTF8.GetBytes(state), new UnixDomainSocketEndPoint(address[0] == '@' ? '\0' + address[1..] : address));
        }
        catch (SocketException)
        {
            // systemd then takes the service for not started, and says so.
        }
    }
}
