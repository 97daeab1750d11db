using System.Text;

namespace Sallyport.Agent.Tests.DnsOverTcp;

/// <summary>DNS messages as they stand on the wire, without their length.</summary>
internal static class Messages
{
    internal const ushort A = 1;
    internal const ushort Text = 16;

    internal static byte[] Query(string name, ushort type = A, ushort id = 1) =>
        [.. U16(id), 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, .. Name(name), .. U16(type), 0, 1];

    /// <summary>The answer with these IPv4 addresses to a query that ends with its question.</summary>
    internal static byte[] Answer(byte[] query, params byte[][] addresses) =>
    [
        .. query[..2], 0x81, 0x80, 0, 1, .. U16((ushort)addresses.Length), 0, 0, 0, 0, .. query[12..],
        .. addresses.SelectMany(address => (byte[])[0xc0, 12, 0, 1, 0, 1, 0, 0, 1, 44, 0, 4, .. address]),
    ];

    internal static byte[] Framed(byte[] message) => [.. U16((ushort)message.Length), .. message];

    internal static int CodeOf(byte[] message) => message[3] & 0xf;

    internal static int IdOf(byte[] message) => (message[0] << 8) | message[1];

    private static byte[] Name(string name) =>
        [.. name.Split('.').SelectMany(label => (byte[])[(byte)label.Length, .. Encoding.ASCII.GetBytes(label)]), 0];

    private static byte[] U16(ushort value) => [(byte)(value >> 8), (byte)value];
}
