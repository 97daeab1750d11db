using Sallyport.Policy.Endpoints;
using Sallyport.Policy.Linting;

namespace Sallyport.Agent.Core.Detection;

/// <summary>The zone of one owner that a name is in: whoever that is reads what is asked for below it.</summary>
internal static class OwnedZone
{
    /// <summary>Networks of IPv4 and IPv6 that are delegated as one: a /16 and a /32, by labels of their reverse names.</summary>
    private const int ReverseLabels = 4;
    private const int Reverse6Labels = 10;

    /// <summary>Nobody outside answers for these: RFC 6762 section 3, and the one that ICANN reserved for private use.</summary>
    private static readonly string[] Private = ["local", "internal"];

    /// <summary>
    /// The zone; null where the name is itself no deeper than one, where a hoster answers for the names of all customers, and where
    /// nobody outside the machine's own network answers.
    /// </summary>
    /// <param name="name">Canonical.</param>
    public static string? Of(string name)
    {
        var labels = name.Split('.');
        if (Private.Contains(labels[^1]))
        {
            return null;
        }

        foreach (var open in OpenZones.All)
        {
            if (HostName.IsBelow(name, open.Zone))
            {
                return open.Deep ? null : Last(labels, open.Zone.Count(c => c == '.') + 2);
            }
        }

        return labels switch
        {
            [.., "in-addr", "arpa"] => Last(labels, ReverseLabels),
            [.., "ip6", "arpa"] => Last(labels, Reverse6Labels),
            _ => Last(labels, labels.Length > 1 && OpenZones.IsPublicSuffix(string.Join('.', labels[^2..])) ? 3 : 2),
        };
    }

    private static string? Last(string[] labels, int count) => labels.Length <= count ? null : string.Join('.', labels[^count..]);
}
