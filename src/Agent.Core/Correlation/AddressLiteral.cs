using System.Net;

namespace Sallyport.Agent.Core.Correlation;

/// <summary>
/// Addresses where a name is expected: <c>Host: [2001:db8::66]</c> (RFC 3986 section 3.2.2), with or without the
/// brackets, or whatever a client would take for an IPv4 address. An address is nobody's name, and not where a flow went
/// because the flow says so.
/// </summary>
internal static class AddressLiteral
{
    private const byte Open = (byte)'[';
    private const byte Close = (byte)']';

    /// <summary>
    /// What a recording has of a name that a flow said: nothing when it is the address that the flow goes to; another
    /// address as <see cref="AddressText"/> writes it; all else as <see cref="NameText"/> does.
    /// </summary>
    public static string Shown(ReadOnlySpan<byte> presented, string escaped, string address)
    {
        if (!TryRead(presented, out var literal))
        {
            return escaped;
        }

        var text = AddressText.Read(literal.MapToIPv6().GetAddressBytes());
        return text == address ? string.Empty : text;
    }

    private static bool TryRead(ReadOnlySpan<byte> presented, out IPAddress literal)
    {
        var inner = presented;
        if (!inner.IsEmpty && inner[0] == Open)
        {
            inner = inner[1..];
            inner = !inner.IsEmpty && inner[^1] == Close ? inner[..^1] : inner;
        }

        if (IPAddress.TryParse(inner, out var parsed))
        {
            literal = parsed;
            return true;
        }

        literal = IPAddress.None;
        return false;
    }
}
