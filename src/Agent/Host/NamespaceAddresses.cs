using System.Globalization;
using System.Net;

namespace Sallyport.Agent.Host;

/// <summary>Addresses of the network namespace that a process is in, by its view of /proc/net (proc(5)); without those of loopback.</summary>
internal static class NamespaceAddresses
{
    private const int HexDigits = 32;

    internal static IEnumerable<IPAddress> Of(int pid)
    {
        var folder = string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/net");
        return OfVersion4(ProcText.TryRead($"{folder}/fib_trie") ?? string.Empty)
            .Concat(OfVersion6(ProcText.TryRead($"{folder}/if_inet6") ?? string.Empty))
            .Where(address => !IPAddress.IsLoopback(address)).Distinct();
    }

    /// <summary>A leaf of the table of routes (<c>|-- 172.17.0.2</c>) that the next line calls an address of the host itself.</summary>
    internal static IEnumerable<IPAddress> OfVersion4(string table)
    {
        const string Leaf = "|-- ";
        const string Own = "/32 host LOCAL";
        IPAddress? leaf = null;
        foreach (var line in table.Split('\n'))
        {
            var text = line.AsSpan().Trim();
            if (text.StartsWith(Leaf, StringComparison.Ordinal))
            {
                _ = IPAddress.TryParse(text[Leaf.Length..], out leaf);
            }
            else if (text.SequenceEqual(Own) && leaf is not null)
            {
                yield return leaf;
            }
        }
    }

    /// <summary>32 hexadecimal digits begin each line.</summary>
    internal static IEnumerable<IPAddress> OfVersion6(string table)
    {
        foreach (var line in table.Split('\n').Where(line => line.Length > HexDigits && line[..HexDigits].All(char.IsAsciiHexDigit)))
        {
            yield return new IPAddress(Convert.FromHexString(line.AsSpan(0, HexDigits)));
        }
    }
}
