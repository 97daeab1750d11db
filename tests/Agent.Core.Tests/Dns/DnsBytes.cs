using System.Buffers.Binary;
using System.Text;

namespace Sallyport.Agent.Core.Tests.Dns;

/// <summary>Messages as they stand on the wire.</summary>
internal static class DnsBytes
{
    internal const ushort A = 1;
    internal const ushort Alias = 5;
    internal const ushort Ip6 = 28;

    internal static readonly byte[] ToQuestion = [0xc0, 12];

    internal static byte[] Name(string name) =>
        [.. name.Split('.').SelectMany(label => (byte[])[(byte)label.Length, .. Encoding.Latin1.GetBytes(label)]), 0];

    internal static byte[] U16(int value) => [(byte)(value >> 8), (byte)value];

    internal static byte[] Header(int flags, int questions = 1, int answers = 0) =>
        [0x12, 0x34, .. U16(flags), .. U16(questions), .. U16(answers), 0, 0, 0, 0];

    internal static byte[] Question(string name, ushort type = A) => [.. Name(name), .. U16(type), 0, 1];

    internal static byte[] Query(string name, ushort type = A) => [.. Header(0x0100), .. Question(name, type)];

    internal static byte[] Record(byte[] owner, ushort type, byte[] data, uint ttl = 300)
    {
        var seconds = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(seconds, ttl);
        return [.. owner, .. U16(type), 0, 1, .. seconds, .. U16(data.Length), .. data];
    }

    internal static byte[] Answer(string name, params byte[][] records) =>
        [.. Header(0x8180, 1, records.Length), .. Question(name), .. records.SelectMany(record => record)];
}
