using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Sallyport.Lab.Interop;

namespace Sallyport.Lab.Traffic;

/// <summary>
/// Counts what really arrived: a packet socket on the world's end of the wire, which is behind every hook that the
/// agent may use on the client's. A veth delivers at once, so what was sent before <see cref="Read"/> is in it.
/// </summary>
internal sealed class PacketCapture : IDisposable
{
    private const int BufferBytes = 64 << 20;
    private const ushort EthernetAllNetworkOrder = 0x0300;

    private readonly SafeFileHandle _socket;
    private readonly byte[] _frame = new byte[1 << 17];
    private readonly List<CapturedPacket> _packets = [];
    private readonly Lock _lock = new();

    private PacketCapture(SafeFileHandle socket) => _socket = socket;

    /// <summary>To be called on the world's thread.</summary>
    public static PacketCapture Open(string interfaceName)
    {
        var socket = Libc.socket(Libc.AF_PACKET, Libc.SOCK_RAW | Libc.SOCK_CLOEXEC, EthernetAllNetworkOrder);
        Libc.Check(socket.IsInvalid ? -1 : 0, "socket(AF_PACKET)");
        var address = new Libc.LinkLayerAddress
        {
            Family = Libc.AF_PACKET,
            ProtocolNetworkOrder = EthernetAllNetworkOrder,
            InterfaceIndex = (int)Libc.if_nametoindex(interfaceName),
        };
        Libc.Check(
            Libc.setsockopt(socket, Libc.SOL_SOCKET, Libc.SO_RCVBUFFORCE, BufferBytes, sizeof(int)), "SO_RCVBUFFORCE");
        Libc.Check(
            Libc.setsockopt(socket, Libc.SOL_PACKET, Libc.PACKET_IGNORE_OUTGOING, 1, sizeof(int)),
            "PACKET_IGNORE_OUTGOING");
        Libc.Check(Libc.bind(socket, address, Marshal.SizeOf<Libc.LinkLayerAddress>()), "bind(AF_PACKET)");
        return new PacketCapture(socket);
    }

    public void Clear()
    {
        lock (_lock)
        {
            Drain();
            _packets.Clear();
        }
    }

    /// <summary>Everything since <see cref="Clear"/>. Throws when the kernel dropped a packet before it was read.
    /// </summary>
    public IReadOnlyList<CapturedPacket> Read()
    {
        lock (_lock)
        {
            Drain();
            return [.. _packets];
        }
    }

    public void Dispose() => _socket.Dispose();

    private void Drain()
    {
        nint length;
        while ((length = Libc.recv(_socket, _frame, _frame.Length, Libc.MSG_DONTWAIT)) >= 0)
        {
            if (PacketReader.TryRead(_frame.AsSpan(0, (int)length), out var packet))
            {
                _packets.Add(packet!);
            }
        }

        if (Marshal.GetLastPInvokeError() != Libc.EAGAIN)
        {
            Libc.Check(-1, "recv(AF_PACKET)");
        }

        Span<uint> statistics = stackalloc uint[2];
        var size = sizeof(uint) * 2;
        Libc.Check(
            Libc.getsockopt(_socket, Libc.SOL_PACKET, Libc.PACKET_STATISTICS, statistics, ref size),
            "PACKET_STATISTICS");
        if (statistics[1] != 0)
        {
            throw new LabException($"The capture lost {statistics[1]} of {statistics[0]} packets: counts would lie.");
        }
    }
}
