using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Runtime.InteropServices;
using Sallyport.Agent.Core.Decoding;

namespace Sallyport.Agent.Host.Netlink;

/// <summary>An address of a device.</summary>
/// <param name="Device">Index.</param>
/// <param name="Address">Its own.</param>
/// <param name="PrefixLength">Bits of its network.</param>
internal sealed record DeviceAddress(int Device, IPAddress Address, int PrefixLength)
{
    internal const ushort NewAddress = 20;
    internal const ushort DeleteAddress = 21;
    internal const ushort GetAddress = 22;
    private const int FixedBytes = 8;

    internal static bool TryRead(ReadOnlySpan<byte> body, [NotNullWhen(true)] out DeviceAddress? address)
    {
        address = null;
        if (body.Length < FixedBytes)
        {
            return false;
        }

        // IFA_LOCAL where there is one: on point-to-point devices IFA_ADDRESS is the peer's
        var bytes = NetlinkReader.Attribute(body[FixedBytes..], 2);
        bytes = bytes.IsEmpty ? NetlinkReader.Attribute(body[FixedBytes..], 1) : bytes;
        if (bytes.Length is not (4 or 16))
        {
            return false;
        }

        address = new DeviceAddress(MemoryMarshal.Read<int>(body[4..]), new IPAddress(bytes), body[1]);
        return true;
    }
}
