using System.Net;
using System.Net.Sockets;

namespace Sallyport.Demo.World;

/// <summary>
/// Answers over UDP for the zone demo.test (RFC 1035). It stands for the resolver of the machine and for the attacker's
/// own name server in one: a question below the attacker's name has arrived there, whatever the answer.
/// </summary>
internal sealed class NameServer(IPEndPoint endpoint, ArrivalLog arrivals) : IDisposable
{
    private readonly Socket socket = Bind(endpoint);

    internal async Task AnswerAsync(CancellationToken cancellation)
    {
        var buffer = new byte[4096];
        var anyone = new IPEndPoint(IPAddress.Any, 0);
        try
        {
            while (true)
            {
                SocketReceiveFromResult received = await this.socket.ReceiveFromAsync(buffer, anyone, cancellation);
                if (DnsQuestion.TryRead(buffer.AsSpan(0, received.ReceivedBytes), out DnsQuestion question))
                {
                    await this.socket.SendToAsync(this.Answer(question), received.RemoteEndPoint, cancellation);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The end of the demonstration.
        }
    }

    public void Dispose() => this.socket.Dispose();

    private static Socket Bind(IPEndPoint endpoint)
    {
        var socket = new Socket(endpoint.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(endpoint);
        return socket;
    }

    private byte[] Answer(DnsQuestion question)
    {
        if (question.Name.EndsWith("." + WorldAddresses.CollectorName, StringComparison.Ordinal))
        {
            arrivals.Write("dns", question.Name);
        }

        IPAddress? address = question.Name switch
        {
            WorldAddresses.RegistryName => WorldAddresses.Registry,
            string name when name == WorldAddresses.CollectorName
                || name.EndsWith("." + WorldAddresses.CollectorName, StringComparison.Ordinal) => WorldAddresses.Collector,
            _ => null,
        };
        return question.Reply(address);
    }
}
