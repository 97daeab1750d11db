using System.Collections.Immutable;
using System.Globalization;

namespace Sallyport.Policy;

/// <summary>A QTYPE (RFC 1035 section 3.2.3) that a policy may open.</summary>
/// <param name="Number">0 to 65535.</param>
/// <param name="Name">As the registry writes it.</param>
public readonly record struct DnsQuestionType(ushort Number, string Name)
{
    /// <summary>
    /// Those that can be opened. ANY, AXFR, NULL and private types carry anything and are never opened.
    /// </summary>
    public static ImmutableArray<DnsQuestionType> Openable { get; } =
    [
        new(15, "MX"), new(16, "TXT"), new(2, "NS"), new(35, "NAPTR"), new(44, "SSHFP"), new(52, "TLSA"),
        new(64, "SVCB"), new(65, "HTTPS"), new(257, "CAA"), new(43, "DS"), new(48, "DNSKEY"),
    ];

    /// <summary>Those that are always allowed for an allowed name.</summary>
    public static ImmutableArray<DnsQuestionType> Always { get; } =
        [new(1, "A"), new(28, "AAAA"), new(5, "CNAME"), new(33, "SRV"), new(12, "PTR"), new(6, "SOA")];

    /// <summary>Finds a type by name, in any case, or as <c>TYPE65</c> (RFC 3597 section 5).</summary>
    /// <param name="text">The name.</param>
    /// <param name="type">The type, when true is returned.</param>
    public static bool TryParse(string text, out DnsQuestionType type)
    {
        ArgumentNullException.ThrowIfNull(text);
        foreach (DnsQuestionType known in Openable)
        {
            if (known.Name.Equals(text, StringComparison.OrdinalIgnoreCase)
                || string.Create(CultureInfo.InvariantCulture, $"TYPE{known.Number}")
                    .Equals(text, StringComparison.OrdinalIgnoreCase))
            {
                type = known;
                return true;
            }
        }
        type = default;
        return false;
    }
}
