using System.Collections.Immutable;
using System.Net;

namespace Sallyport.Agent.Host;

/// <summary>What /etc/resolv.conf says (resolv.conf(5)).</summary>
/// <param name="Servers">Addresses of nameserver lines, in order.</param>
/// <param name="SearchDomains">Of the last search or domain line, lower case, without trailing dots.</param>
internal sealed record Resolvers(ImmutableArray<IPAddress> Servers, ImmutableArray<string> SearchDomains)
{
    internal static Resolvers OfThisMachine() => Parse(ProcText.TryRead("/etc/resolv.conf") ?? string.Empty);

    /// <summary>Lines that cannot be read say nothing, as for the C library.</summary>
    internal static Resolvers Parse(string text)
    {
        var servers = ImmutableArray.CreateBuilder<IPAddress>();
        ImmutableArray<string> search = [];
        foreach (var line in text.Split('\n'))
        {
            var words = line.Split((char[])[' ', '\t', '\r'], StringSplitOptions.RemoveEmptyEntries);
            if (words.Length < 2)
            {
                continue;
            }

            switch (words[0])
            {
                case "nameserver" when IPAddress.TryParse(words[1], out var address):
                    servers.Add(address);
                    break;
                case "search":
                case "domain":
                    search = [.. words.Skip(1).Select(w => w.TrimEnd('.').ToLowerInvariant()).Where(w => w.Length > 0)];
                    break;
            }
        }

        return new Resolvers(servers.ToImmutable(), search);
    }
}
