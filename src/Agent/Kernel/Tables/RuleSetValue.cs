using System.Runtime.CompilerServices;
using Sallyport.Policy.Compiling;

namespace Sallyport.Agent.Kernel;

/// <summary>struct rule_set: one bit per rule.</summary>
[InlineArray(RuleSet.WordCount)]
internal struct RuleSetValue
{
    private ulong first;

    internal static RuleSetValue From(RuleSet set)
    {
        var value = default(RuleSetValue);
        set.Words.CopyTo(value);
        return value;
    }
}
