namespace Sallyport.Policy.Compiling;

/// <summary>One key of the kernel's port table.</summary>
/// <param name="Protocol">IPPROTO number, matched whole.</param>
/// <param name="Port">First port of the block, host order; for ICMP 0.</param>
/// <param name="PrefixLength">Bits of the port that count, 0 to 16; the key is 8 bits longer for the protocol.</param>
/// <param name="Rules">Union of every rule that holds all ports of the block.</param>
public sealed record PortEntry(byte Protocol, ushort Port, int PrefixLength, RuleSet Rules);
