using Sallyport.Policy.Endpoints;

namespace Sallyport.Policy.Compiling;

/// <summary>One key of the kernel's address table.</summary>
/// <param name="Prefix">IPv4 as ::ffff:0:0/96 and longer.</param>
/// <param name="Rules">
/// Union of every rule whose block covers this one; empty for the key that keeps ::/0 away from IPv4.
/// </param>
public sealed record AddressEntry(IpPrefix Prefix, RuleSet Rules)
{
    /// <summary>Length of the key in bits, 0 to 128.</summary>
    public int PrefixLength => Prefix.Length;

    /// <summary>Writes the 16 bytes of the key in network order.</summary>
    /// <param name="destination">At least 16 bytes.</param>
    public void CopyAddress(Span<byte> destination) => Prefix.CopyTo(destination);
}
