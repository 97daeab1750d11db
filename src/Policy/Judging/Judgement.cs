using System.Collections.Immutable;
using Sallyport.Policy.Compiling;

namespace Sallyport.Policy.Judging;

/// <summary>A verdict with its reason.</summary>
/// <param name="Verdict">What happens.</param>
/// <param name="Reason">Why.</param>
/// <param name="Rule">The rule that decides, or null.</param>
/// <param name="Explanation">Sentences for a person; text of the policy in them is escaped.</param>
public sealed record Judgement(
    JudgeVerdict Verdict, JudgeReason Reason, CompiledRule? Rule, ImmutableArray<string> Explanation);
