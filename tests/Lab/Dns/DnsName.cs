using System.Globalization;
using System.Net;
using System.Text;

namespace Sallyport.Lab.Dns;

/// <summary>Names between text and wire (RFC 1035 section 3.1).</summary>
internal static class DnsName
{
    internal static byte[] ToWire(string name)
    {
        var wire = new List<byte>();
        foreach (var label in name.Split('.', StringSplitOptions.RemoveEmptyEntries))
        {
            wire.Add((byte)label.Length);
            wire.AddRange(Encoding.ASCII.GetBytes(label));
        }

        wire.Add(0);
        return [.. wire];
    }

    internal static string ToText(ReadOnlySpan<byte> wire)
    {
        var text = new StringBuilder();
        for (var at = 0; at < wire.Length && wire[at] != 0; at += wire[at] + 1)
        {
            if (text.Length > 0)
            {
                text.Append('.');
            }

            foreach (var b in wire.Slice(at + 1, wire[at]))
            {
                if (char.IsAsciiLetterOrDigit((char)b) || b is (byte)'-' or (byte)'_')
                {
                    text.Append((char)b);
                }
                else
                {
                    text.Append(CultureInfo.InvariantCulture, $"\\{b:D3}");
                }
            }
        }

        return text.ToString();
    }

    /// <summary>RFC 1035 section 3.5.</summary>
    internal static string ReverseOf(string address) =>
        string.Join('.', IPAddress.Parse(address).GetAddressBytes().Reverse()) + ".in-addr.arpa";
}
