using System.Net;
using System.Runtime.CompilerServices;

namespace Sallyport.Agent.Kernel;

/// <summary>struct address: 16 bytes in network order, IPv4 as ::ffff:a.b.c.d.</summary>
[InlineArray(16)]
internal struct AddressValue
{
    private byte first;

    /// <summary>IPv6 as it is, IPv4 mapped.</summary>
    internal static AddressValue From(IPAddress address)
    {
        var value = default(AddressValue);
        _ = address.MapToIPv6().TryWriteBytes(value, out _);
        return value;
    }

    internal readonly bool IsZero => !((ReadOnlySpan<byte>)this).ContainsAnyExcept((byte)0);

    internal readonly IPAddress ToAddress()
    {
        var address = new IPAddress((ReadOnlySpan<byte>)this);
        return address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
    }
}
