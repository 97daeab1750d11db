using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Sallyport.Lab.Dns;

/// <summary>One resource record (RFC 1035 section 4.1.3).</summary>
/// <param name="Owner">Name that it belongs to, dots between labels.</param>
/// <param name="RecordType">TYPE.</param>
/// <param name="TimeToLive">Seconds.</param>
/// <param name="Data">RDATA, names in it not compressed.</param>
public sealed record DnsRecord(string Owner, int RecordType, uint TimeToLive, ReadOnlyMemory<byte> Data)
{
    public const int A = 1;
    public const int Alias = 5;
    public const int Authority = 6;
    public const int ReverseName = 12;
    public const int Text = 16;
    public const int Aaaa = 28;
    public const int Service = 33;
    public const int Https = 65;

    public static DnsRecord OfAddress(string owner, string address, uint timeToLive = 300)
    {
        var parsed = IPAddress.Parse(address);
        var type = parsed.AddressFamily == AddressFamily.InterNetwork ? A : Aaaa;
        return new DnsRecord(owner, type, timeToLive, parsed.GetAddressBytes());
    }

    public static DnsRecord OfAlias(string owner, string target) =>
        new(owner, Alias, 300, DnsName.ToWire(target));

    public static DnsRecord OfPointer(string address, string target) =>
        new(DnsName.ReverseOf(address), ReverseName, 300, DnsName.ToWire(target));

    public static DnsRecord OfText(string owner, string text) =>
        new(owner, Text, 300, (byte[])[(byte)text.Length, .. Encoding.ASCII.GetBytes(text)]);

    /// <summary>RFC 2782.</summary>
    public static DnsRecord OfService(string owner, ushort port, string target)
    {
        var data = new byte[6];
        BinaryPrimitives.WriteUInt16BigEndian(data.AsSpan(4), port);
        return new DnsRecord(owner, Service, 300, (byte[])[.. data, .. DnsName.ToWire(target)]);
    }

    /// <summary>RFC 9460: priority 1, the owner itself, no parameters.</summary>
    public static DnsRecord OfHttps(string owner) => new(owner, Https, 300, (byte[])[0, 1, 0]);
}
