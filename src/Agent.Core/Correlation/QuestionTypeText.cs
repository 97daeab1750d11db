using System.Globalization;

namespace Sallyport.Agent.Core.Correlation;

/// <summary>
/// DNS question types as text: the mnemonic where all tools have it, else <c>TYPE</c> and the number (RFC 3597
/// section 5).
/// </summary>
internal static class QuestionTypeText
{
    public static string Of(ushort type) => type switch
    {
        1 => "A",
        2 => "NS",
        5 => "CNAME",
        6 => "SOA",
        12 => "PTR",
        15 => "MX",
        16 => "TXT",
        28 => "AAAA",
        33 => "SRV",
        35 => "NAPTR",
        43 => "DS",
        46 => "RRSIG",
        48 => "DNSKEY",
        52 => "TLSA",
        252 => "AXFR",
        255 => "ANY",
        257 => "CAA",
        _ => "TYPE" + type.ToString(CultureInfo.InvariantCulture),
    };
}
