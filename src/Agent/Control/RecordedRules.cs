using System.Collections.Immutable;
using Sallyport.Policy.Compiling;
using Sallyport.Protocol.Recording;

namespace Sallyport.Agent.Control;

/// <summary>Rules in force as a recording has them: by the number that verdicts name.</summary>
internal static class RecordedRules
{
    internal static ImmutableArray<RecordedRule> Of(CompiledPolicy policy) =>
        [.. policy.Rules.Select(rule => new RecordedRule(rule.Number, rule.Text, rule.Origin))];
}
