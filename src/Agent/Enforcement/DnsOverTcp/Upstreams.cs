using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Sallyport.Agent.Host;
using Sallyport.Agent.Kernel;
using Sallyport.Wire;

namespace Sallyport.Agent.Enforcement.DnsOverTcp;

/// <summary>
/// Connects to the machine's resolvers, and to nobody who poses as one: the socket leaves by the device of the start, a
/// peer in this very namespace is no resolver unless it is the stub that listened there at the start, and the socket carries a verdict for the resolver's address alone, so
/// that the kernel refuses its packets at the uplink when NAT or a tunnel would take them elsewhere (HARDENING 2 and
/// 4).
/// </summary>
internal sealed class Upstreams : IUpstreams
{
    private const int Port = 53;
    private const int SocketLevel = 1;
    private const int BindToDevice = 62; // SO_BINDTOIFINDEX, Linux 5.0
    private const uint JudgedAndActive = 0x1 | 0x2; // SP_FLOW_JUDGED, SP_FLOW_ACTIVE
    private const byte Tcp = 6;

    private readonly ExactSocket sockets = new();
    private readonly KernelMap flows;
    private readonly ulong network = NetworkNamespace.Cookie();
    private readonly FrozenDictionary<IPAddress, ResolverRoute> routes;
    private readonly FrozenDictionary<IPAddress, ulong> stubs;

    /// <param name="kernel">Loaded.</param>
    /// <param name="resolvers">Of the machine; whoever listens at a local one now is it.</param>
    internal Upstreams(KernelObject kernel, ImmutableArray<IPAddress> resolvers)
    {
        flows = kernel.Map("flows");
        routes = resolvers
            .Select(address => (address, route: ResolverRoute.To(address)))
            .Where(pair => pair.route is not null)
            .DistinctBy(pair => Plain(pair.address))
            .ToFrozenDictionary(pair => Plain(pair.address), pair => pair.route!.Value);
        stubs = routes.Where(pair => pair.Value.IsLocal)
            .ToFrozenDictionary(pair => pair.Key, pair => sockets.ListenerAt(new IPEndPoint(pair.Key, Port)));
        First = resolvers.Select(AddressValue.From).FirstOrDefault();
    }

    public AddressValue First { get; }

    public FramedSocket? Begin(AddressValue resolver)
    {
        var address = resolver.ToAddress();
        if (!routes.TryGetValue(address, out var route))
        {
            return null;
        }

        Socket? socket = null;
        try
        {
            socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            socket.Blocking = false;
            socket.NoDelay = true;
            if (!route.IsLocal)
            {
                socket.SetRawSocketOption(SocketLevel, BindToDevice, BitConverter.GetBytes(route.Device));
            }

            Connect(socket, new IPEndPoint(address, Port));

            // Only now: connect() of a socket with a mark would be led back to this resolver.
            if (!flows.TrySet((int)socket.SafeHandle.DangerousGetHandle(), Flow(resolver)))
            {
                return null;
            }

            var upstream = new FramedSocket(socket);
            socket = null;
            return upstream;
        }
        catch (SocketException)
        {
            return null;
        }
        finally
        {
            socket?.Dispose();
        }
    }

    public bool IsGenuine(FramedSocket upstream, AddressValue resolver)
    {
        var address = resolver.ToAddress();
        var server = new IPEndPoint(address, Port);
        return (int)upstream.Socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error)! == 0
            && upstream.Socket.LocalEndPoint is IPEndPoint own
            && (stubs.TryGetValue(address, out var stub)
                ? stub != 0 && sockets.ListenerAt(server) == stub
                : sockets.CookieOf(server, own) == 0);
    }

    public void Dispose() => sockets.Dispose();

    private static void Connect(Socket socket, IPEndPoint resolver)
    {
        try
        {
            socket.Connect(resolver);
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
        {
            // It goes on; poll() says when it stands.
        }
    }

    private static IPAddress Plain(IPAddress address) => AddressValue.From(address).ToAddress();

    private FlowValue Flow(AddressValue resolver) => new()
    {
        Network = network,
        Flags = JudgedAndActive,
        ExePolicy = TaskTag.NoPolicy,
        Protocol = Tcp,
        Verdict = (byte)KernelVerdict.Allowed,
        Reason = (byte)KernelReason.Rule,
        Rule = WireLimits.NoRule,
        Port = Port,
        Address = resolver,
    };
}
