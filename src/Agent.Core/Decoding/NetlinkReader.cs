using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Sallyport.Agent.Core.Decoding;

/// <summary>Walks the messages of a datagram: header of 16 bytes (length, type, flags, sequence, port), body, padding to 4.</summary>
/// <param name="bytes">One datagram of a netlink socket (netlink(7)); what cannot be read ends the walk.</param>
public ref struct NetlinkReader(ReadOnlySpan<byte> bytes)
{
    /// <summary>NLMSG_ERROR.</summary>
    public const ushort Error = 2;

    /// <summary>NLMSG_DONE: the dump ends.</summary>
    public const ushort Done = 3;

    /// <summary>Of each message, bytes.</summary>
    public const int HeaderBytes = 16;

    private ReadOnlySpan<byte> rest = bytes;

    /// <summary>
    /// Port of the socket that asked for the change that the last message tells of; a process's first netlink socket has
    /// its pid as port (netlink(7)). 0 when nobody did, or before Linux 6.2.
    /// </summary>
    public uint Port { get; private set; }

    /// <summary>The next message; false when there is none, or no whole one.</summary>
    public bool TryNext(out ushort type, out ReadOnlySpan<byte> body)
    {
        type = 0;
        body = default;
        if (rest.Length < HeaderBytes)
        {
            return false;
        }

        var length = MemoryMarshal.Read<uint>(rest);
        if (length < HeaderBytes || length > rest.Length)
        {
            return false;
        }

        type = MemoryMarshal.Read<ushort>(rest[4..]);
        Port = MemoryMarshal.Read<uint>(rest[12..]);
        body = rest[HeaderBytes..(int)length];
        rest = rest[Math.Min(rest.Length, ((int)length + 3) & ~3)..];
        return true;
    }

    /// <summary>Value of the first attribute of a type (length 2, type 2, value, padding to 4); empty when there is none.</summary>
    public static ReadOnlySpan<byte> Attribute(ReadOnlySpan<byte> attributes, ushort wanted)
    {
        while (attributes.Length >= 4)
        {
            var length = BinaryPrimitives.ReadUInt16LittleEndian(attributes);
            var type = (ushort)(BinaryPrimitives.ReadUInt16LittleEndian(attributes[2..]) & 0x3fff);
            if (length < 4 || length > attributes.Length)
            {
                break;
            }

            if (type == wanted)
            {
                return attributes[4..length];
            }

            attributes = attributes[Math.Min(attributes.Length, (length + 3) & ~3)..];
        }

        return default;
    }
}
