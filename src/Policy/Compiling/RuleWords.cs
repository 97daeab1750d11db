using System.Runtime.CompilerServices;

namespace Sallyport.Policy.Compiling;

/// <summary>Storage of a <see cref="RuleSet"/>: SP_RULE_WORDS of the kernel's limits.h.</summary>
[InlineArray(RuleSet.WordCount)]
internal struct RuleWords
{
    private ulong first;
}
