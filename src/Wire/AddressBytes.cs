using System.Runtime.CompilerServices;

namespace Sallyport.Wire;

/// <summary>
/// 16 bytes of an address in network order; IPv4 as <c>::ffff:a.b.c.d</c> (RFC 4291 section 2.5.5.2).
/// </summary>
[InlineArray(Length)]
public struct AddressBytes
{
    /// <summary>Bytes of an address.</summary>
    public const int Length = 16;

    private byte first;
}
