using Sallyport.Policy.Endpoints;

namespace Sallyport.Policy.Reading;

/// <summary>The bounds of a whole document, which no single list can see.</summary>
internal static class DocumentLimits
{
    public static void Check(PolicyDocument document, string source, MistakeList mistakes)
    {
        int rules = document.Allow.Concat(BlockRules(document)).Select(rule => rule.Endpoint).Distinct().Count()
            + document.Deny.Select(rule => rule.Endpoint).Distinct().Count()
            + document.Inbound.Select(rule => rule.Endpoint).Distinct().Count();
        if (rules > PolicyDocument.MaxRules)
        {
            mistakes.Add(new PolicyMistake(source, 0, 0, "", $"{rules} different rules or more, groups expanded",
                $"at most {PolicyDocument.MaxRules}"));
        }
        int blocks = document.Steps.Length + document.Processes.Length;
        if (blocks > PolicyDocument.MaxBlocks)
        {
            mistakes.Add(new PolicyMistake(source, 0, 0, "", $"{blocks} entries of steps and processes",
                $"at most {PolicyDocument.MaxBlocks}"));
        }
        int prefixes = document.Allow.Concat(BlockRules(document)).Concat(document.Deny).Concat(document.Inbound)
            .Select(rule => rule.Endpoint).Distinct()
            .Sum(endpoint => IpProtocols.Of(endpoint.Scheme).Length * Compiling.PortPrefix.Split(endpoint.Ports).Count());
        if (prefixes > Compiling.PortPrefix.MaxEntries)
        {
            mistakes.Add(new PolicyMistake(source, 0, 0, "", "too many port ranges with odd ends",
                "fewer ranges, or ranges that begin and end at powers of two"));
        }
    }

    private static IEnumerable<PolicyRule> BlockRules(PolicyDocument document) =>
        document.Steps.Concat(document.Processes).SelectMany(block => block.Allow ?? []);
}
