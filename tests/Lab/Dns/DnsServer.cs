using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Sallyport.Lab.Namespaces;
using Sallyport.Lab.Traffic;

namespace Sallyport.Lab.Dns;

/// <summary>DNS over UDP and TCP on one address of the world. Each question is counted before it is answered.</summary>
internal sealed class DnsServer : IDisposable
{
    private const int UdpBytes = 512;
    private const int UdpBytesWithOptions = 1232;

    private readonly string _address;
    private readonly DnsZones _zones;
    private readonly ConcurrentQueue<AskedQuestion> _log;
    private readonly Socket _udp;
    private readonly Socket _tcp;

    private DnsServer(string address, DnsZones zones, ConcurrentQueue<AskedQuestion> log, Socket udp, Socket tcp)
    {
        (_address, _zones, _log, _udp, _tcp) = (address, zones, log, udp, tcp);
        _ = ServeUdpAsync();
        _ = ServeTcpAsync();
    }

    public static DnsServer Start(
        NamespaceThread world, string address, DnsZones zones, ConcurrentQueue<AskedQuestion> log) => world.Run(() =>
    {
        var at = new IPEndPoint(IPAddress.Parse(address), 53);
        var udp = new Socket(at.AddressFamily, SocketType.Dgram, ProtocolType.Udp) { ReceiveBufferSize = 4 << 20 };
        udp.Bind(at);
        var tcp = new Socket(at.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        tcp.Bind(at);
        tcp.Listen(64);
        return new DnsServer(address, zones, log, udp, tcp);
    });

    public void Dispose()
    {
        _udp.Dispose();
        _tcp.Dispose();
    }

    private async Task ServeUdpAsync()
    {
        var buffer = new byte[65536];
        var anybody = new IPEndPoint(
            _udp.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0);
        while (true)
        {
            try
            {
                var received = await _udp.ReceiveFromAsync(buffer, anybody);
                _ = AnswerUdpAsync(buffer.AsSpan(0, received.ReceivedBytes).ToArray(), received.RemoteEndPoint);
            }
            catch (Exception e) when (e is ObjectDisposedException or SocketException)
            {
                if (e is ObjectDisposedException || !_udp.IsBound)
                {
                    return;
                }
            }
        }
    }

    private async Task AnswerUdpAsync(byte[] message, EndPoint from)
    {
        if (Read(message, "udp") is not { } read)
        {
            return;
        }

        await DelayAsync(read.Reply.Delay);
        var answer = DnsMessage.Write(
            message, read.Questions, read.Reply, read.HasOptions, read.HasOptions ? UdpBytesWithOptions : UdpBytes);
        try
        {
            if (read.Reply.Forgery is { IsLate: false } early)
            {
                await ForgeAsync(early, message, read.Questions[0], (IPEndPoint)from);
            }

            await _udp.SendToAsync(answer, from);
            if (read.Reply.Forgery is { IsLate: true } late)
            {
                await ForgeAsync(late, message, read.Questions[0], (IPEndPoint)from);
            }
        }
        catch (Exception e) when (e is ObjectDisposedException or SocketException)
        {
            // The client is gone, or the laboratory is being torn down.
        }
    }

    private async Task ForgeAsync(DnsForgery forgery, byte[] message, DnsQuestion asked, IPEndPoint from)
    {
        var question = forgery.Question is { } name ? asked with { Wire = DnsName.ToWire(name), Name = name } : asked;
        byte[] head = [.. message];
        var id = (ushort)(BinaryPrimitives.ReadUInt16BigEndian(head) + forgery.IdOffset);
        BinaryPrimitives.WriteUInt16BigEndian(head, id);
        var reply = new DnsReply { Answers = [DnsRecord.OfAddress(question.Name, forgery.Address)] };
        await _udp.SendToAsync(
            DnsMessage.Write(head, [question], reply, withOptions: false, UdpBytes),
            new IPEndPoint(from.Address, from.Port + forgery.PortOffset));
    }

    private async Task ServeTcpAsync()
    {
        while (true)
        {
            try
            {
                _ = AnswerTcpAsync(await _tcp.AcceptAsync());
            }
            catch (Exception e) when (e is ObjectDisposedException or SocketException)
            {
                return;
            }
        }
    }

    private async Task AnswerTcpAsync(Socket client)
    {
        try
        {
            await using var stream = new NetworkStream(client, ownsSocket: true);
            var length = new byte[2];
            while (await stream.ReadAtLeastAsync(length, 2, throwOnEndOfStream: false) == 2)
            {
                var message = new byte[BinaryPrimitives.ReadUInt16BigEndian(length)];
                await stream.ReadExactlyAsync(message);
                if (Read(message, "tcp") is not { } read)
                {
                    return;
                }

                await DelayAsync(read.Reply.Delay);
                var answer = DnsMessage.Write(
                    message, read.Questions, read.Reply, read.HasOptions, ushort.MaxValue);
                await stream.WriteAsync((byte[])[(byte)(answer.Length >> 8), (byte)answer.Length, .. answer]);
            }
        }
        catch (IOException)
        {
            // The client has gone: what it said is in the log.
        }
    }

    private (List<DnsQuestion> Questions, DnsReply Reply, bool HasOptions)? Read(byte[] message, string transport)
    {
        if (!DnsMessage.TryRead(message, out var questions, out var hasOptions))
        {
            return null;
        }

        foreach (var question in questions)
        {
            _log.Enqueue(new AskedQuestion(
                _address, transport, DnsName.ToText(question.Wire), question.QuestionType));
        }

        return (questions, _zones.Answer(questions[0]), hasOptions);
    }

    private static Task DelayAsync(TimeSpan delay) => delay > TimeSpan.Zero ? Task.Delay(delay) : Task.CompletedTask;
}
