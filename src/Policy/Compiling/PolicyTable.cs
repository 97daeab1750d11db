using System.Collections.Immutable;
using Sallyport.Policy.Endpoints;

namespace Sallyport.Policy.Compiling;

/// <summary>The policies by index: top level, steps, processes, unknown steps.</summary>
internal static class PolicyTable
{
    public static ImmutableArray<PolicyEntry> Build(
        PolicyDocument document, ImmutableArray<PolicyRule> runnerRules, RuleNumbers numbers, out int unknownStep, out int runner)
    {
        RuleSet top = numbers.AddAll(document.Allow, EndpointUse.Allow);
        PolicyMode mode = document.EffectiveMode;
        var entries = new List<PolicyEntry> { new(0, null, top, mode, ModeInherited: true) };
        RuleSet everywhere = top;
        foreach (PolicyBlock block in document.Steps)
        {
            PolicyEntry entry = Entry(block, top, mode, entries.Count, numbers);
            everywhere = everywhere.And(entry.Allow);
            entries.Add(entry);
        }
        foreach (PolicyBlock block in document.Processes)
        {
            entries.Add(Entry(block, top, mode, entries.Count, numbers));
        }
        unknownStep = 0;
        if (document.Steps.Length > 0)
        {
            unknownStep = entries.Count;
            PolicyMode strictest = entries.Max(entry => entry.Mode);
            entries.Add(new PolicyEntry(unknownStep, null, everywhere, strictest, ModeInherited: false));
        }
        runner = 0;
        if (!runnerRules.IsDefault)
        {
            runner = entries.Count;
            entries.Add(new PolicyEntry(runner, null, numbers.AddAll(runnerRules, EndpointUse.Allow), mode, ModeInherited: true));
        }
        return [.. entries];
    }

    private static PolicyEntry Entry(PolicyBlock block, RuleSet top, PolicyMode mode, int index, RuleNumbers numbers)
    {
        RuleSet own = block.Allow is { } allow ? numbers.AddAll(allow, EndpointUse.Allow) : top;
        return new PolicyEntry(
            index, block.Match, block.Extend ? own.Or(top) : own, block.Mode ?? mode, block.Mode is null);
    }
}
