using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Sallyport.Lab.Dns;
using Sallyport.Lab.Namespaces;
using Sallyport.Lab.Servers;
using Sallyport.Lab.Traffic;

namespace Sallyport.Lab;

/// <summary>
/// Everything that a job could reach: one network namespace that holds all the servers' addresses. Each server
/// listens on every one of them, so an attack chooses freely.
/// </summary>
public sealed class World : IDisposable
{
    /// <summary>Takes any bytes over TCP.</summary>
    public const int SinkPort = 4443;

    /// <summary>Gives out tokens of jobs, over TLS: <c>https://token.test/id-token?run=101&amp;audience=x</c>.</summary>
    public const string TokenHost = "token.test";

    private static readonly IReadOnlyDictionary<int, TcpService> s_services = new Dictionary<int, TcpService>
    {
        [22] = TcpServices.SshAsync,
        [25] = TcpServices.MailAsync,
        [80] = TcpServices.HttpAsync,
        [443] = TcpServices.TlsAsync,
        [853] = TcpServices.TlsAsync,
        [2375] = TcpServices.HttpAsync,
        [3128] = TcpServices.ProxyAsync,
        [5432] = TcpServices.PostgresAsync,
        [8080] = TcpServices.HttpAsync,
        [8443] = TcpServices.TlsAsync,
        [SinkPort] = TcpServices.SinkAsync,
    };

    private static readonly string[] s_resolvers =
    [
        LabAddresses.Resolver, LabAddresses.Resolver6, LabAddresses.ForeignResolver, LabAddresses.ForeignResolver6,
        LabAddresses.PublicResolver, LabAddresses.CloudPlatform,
    ];

    private readonly ConcurrentQueue<Conversation> _conversations = new();
    private readonly ConcurrentQueue<AskedQuestion> _questions = new();
    private readonly List<IDisposable> _servers = [];
    private readonly NamespaceThread _thread;
    private readonly PacketCapture _capture;
    private readonly Socket _echo;

    internal World(NamespaceThread thread, string interfaceName)
    {
        _thread = thread;
        _capture = thread.Run(() => PacketCapture.Open(interfaceName));
        foreach (var (port, service) in s_services)
        {
            _servers.Add(TcpServer.Start(thread, port, service, _conversations));
        }

        foreach (var address in s_resolvers)
        {
            _servers.Add(DnsServer.Start(thread, address, Zones, _questions));
        }

        _echo = thread.Run(
            () => new Socket(AddressFamily.InterNetworkV6, SocketType.Dgram, ProtocolType.Udp) { DualMode = true });
        _echo.Bind(new IPEndPoint(IPAddress.IPv6Any, 7));
        _ = EchoAsync();
        AddZones(Zones);
    }

    /// <summary>What the resolvers know. Names that a test adds stay for the other tests of its class.</summary>
    public DnsZones Zones { get; } = new();

    /// <summary>What arrived since <see cref="Clear"/>.</summary>
    public LabTraffic Received() => new(_capture.Read(), [.. _conversations], [.. _questions]);

    /// <summary>Opens a TCP connection into the client's namespace and reads until the peer closes.</summary>
    public async Task<string> CollectAsync(string address, int port, TimeSpan deadline)
    {
        using var cancel = new CancellationTokenSource(deadline);
        using var socket = _thread.Run(() => new Socket(SocketType.Stream, ProtocolType.Tcp));
        await socket.ConnectAsync(IPAddress.Parse(address), port, cancel.Token);
        using var reader = new StreamReader(new NetworkStream(socket));
        return await reader.ReadToEndAsync(cancel.Token);
    }

    /// <summary>Sends one datagram into the client's namespace; the answer is in the capture.</summary>
    public void Knock(string address, int port, string text)
    {
        using var socket = _thread.Run(() => new Socket(SocketType.Dgram, ProtocolType.Udp));
        socket.SendTo(System.Text.Encoding.UTF8.GetBytes(text), new IPEndPoint(IPAddress.Parse(address), port));
    }

    public void Dispose()
    {
        foreach (var server in _servers)
        {
            server.Dispose();
        }

        _echo.Dispose();
        _capture.Dispose();
    }

    /// <summary>Forgets what was received.</summary>
    public void Clear()
    {
        _capture.Clear();
        _conversations.Clear();
        _questions.Clear();
    }

    private static void AddZones(DnsZones zones)
    {
        zones.Add("allowed.test", LabAddresses.Allowed, LabAddresses.Allowed6);
        zones.Add("*.allowed.test", LabAddresses.Allowed, LabAddresses.Allowed6);
        zones.Add("v4.test", LabAddresses.Allowed);
        zones.Add("v6.test", LabAddresses.Allowed6);
        // The same machine as allowed.test: a shared address of a content network.
        zones.Add("shared.test", LabAddresses.Allowed, LabAddresses.Allowed6);
        zones.Add("two.test", LabAddresses.Allowed, LabAddresses.AllowedSecond);
        zones.Add("proxy.test", LabAddresses.Proxy);
        zones.Add(TokenHost, LabAddresses.AllowedSecond);
        zones.Add("attacker.test", LabAddresses.Attacker, LabAddresses.Attacker6);
        zones.Add("*.attacker.test", LabAddresses.Attacker);
        zones.Add("*.six.test", LabAddresses.Attacker6);
        zones.Add("evilallowed.test", LabAddresses.Attacker);
        zones.Add("allowed.test.attacker.test", LabAddresses.Attacker);
        zones.Add("doh.test", LabAddresses.ForeignResolver);
        zones.Add(DnsRecord.OfAlias("alias.test", "step.test"), DnsRecord.OfAlias("step.test", "end.cdn.test"));
        zones.Add("end.cdn.test", LabAddresses.AllowedSecond, LabAddresses.AllowedSecond6);
        zones.Add(
            DnsRecord.OfService("_https._tcp.allowed.test", 443, "allowed.test"),
            DnsRecord.OfText("allowed.test", "text"),
            DnsRecord.OfHttps("allowed.test"),
            DnsRecord.OfPointer(LabAddresses.Attacker, "allowed.test"));
    }

    private async Task EchoAsync()
    {
        var buffer = new byte[4096];
        while (true)
        {
            try
            {
                var got = await _echo.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.IPv6Any, 0));
                await _echo.SendToAsync(buffer.AsMemory(0, got.ReceivedBytes), got.RemoteEndPoint);
            }
            catch (ObjectDisposedException)
            {
                return;
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.OperationAborted or SocketError.NotSocket)
            {
                return;
            }
            catch (SocketException)
            {
                // An earlier answer met a closed port; the next question is another one.
            }
        }
    }
}
