using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Sallyport.Agent.Core.Decoding;

namespace Sallyport.Agent.Host.Netlink;

/// <summary>Devices, addresses and ways out of this network namespace at one moment.</summary>
/// <param name="Devices">All.</param>
/// <param name="Addresses">All.</param>
/// <param name="Gateways">Indexes of devices by which a route leads to a gateway, or to everywhere.</param>
internal sealed record NetworkSnapshot(
    ImmutableArray<NetworkDevice> Devices, ImmutableArray<DeviceAddress> Addresses, ImmutableHashSet<int> Gateways)
{
    private const int BufferBytes = 64 * 1024;
    private const ushort DumpRequest = 0x301;

    internal static NetworkSnapshot Take()
    {
        var devices = ImmutableArray.CreateBuilder<NetworkDevice>();
        var addresses = ImmutableArray.CreateBuilder<DeviceAddress>();
        using var socket = new NetlinkSocket(NetlinkSocket.Route);
        Dump(socket, NetworkDevice.GetLink, body =>
        {
            if (NetworkDevice.TryRead(body, out var device))
            {
                devices.Add(device);
            }
        });
        Dump(socket, DeviceAddress.GetAddress, body =>
        {
            if (DeviceAddress.TryRead(body, out var address))
            {
                addresses.Add(address);
            }
        });
        var gateways = ImmutableHashSet.CreateBuilder<int>();
        Dump(socket, GatewayRoute.GetRoute, body => GatewayRoute.AddDevices(body, gateways));
        return new NetworkSnapshot(devices.ToImmutable(), addresses.ToImmutable(), gateways.ToImmutable());
    }

    private delegate void TakeBody(ReadOnlySpan<byte> body);

    private static void Dump(NetlinkSocket socket, ushort type, TakeBody take)
    {
        Span<byte> request = stackalloc byte[NetlinkReader.HeaderBytes + 16];
        request.Clear();
        MemoryMarshal.Write(request, (uint)request.Length);
        MemoryMarshal.Write(request[4..], type);
        MemoryMarshal.Write(request[6..], DumpRequest);
        socket.Send(request);
        var buffer = new byte[BufferBytes];
        while (true)
        {
            var length = socket.Receive(buffer);
            var reader = new NetlinkReader(buffer.AsSpan(0, length));
            var any = false;
            while (reader.TryNext(out var answer, out var body))
            {
                any = true;
                if (answer is NetlinkReader.Done or NetlinkReader.Error)
                {
                    return;
                }

                take(body);
            }

            if (!any)
            {
                return;
            }
        }
    }
}
