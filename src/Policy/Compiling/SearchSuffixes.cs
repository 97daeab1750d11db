using System.Collections.Immutable;
using Sallyport.Policy.Endpoints;

namespace Sallyport.Policy.Compiling;

/// <summary>What may stand before or after an allowed name in a question (HARDENING B).</summary>
internal sealed record SearchSuffixes(
    ImmutableArray<string> Suffixes, ImmutableArray<string> Prefixes, ImmutableArray<string> Ignored)
{
    public static SearchSuffixes Of(CompileContext context)
    {
        var suffixes = new List<string>();
        var ignored = new List<string>();
        foreach (string domain in context.SearchDomains)
        {
            // "." in a search list is the root: the name itself.
            if (domain is "." || suffixes.Contains(domain))
            {
                continue;
            }
            if (suffixes.Count < CompileContext.MaxSearchDomains
                && HostName.TryCanonicalize(domain, out string? name, out _))
            {
                suffixes.Add(name);
            }
            else
            {
                ignored.Add(domain);
            }
        }
        return new SearchSuffixes([.. suffixes.Distinct()], context.ServicePrefixes, [.. ignored]);
    }
}
