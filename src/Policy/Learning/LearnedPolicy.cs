using System.Collections.Immutable;

namespace Sallyport.Policy.Learning;

/// <summary>A policy that lets through just what was seen.</summary>
/// <param name="Rules">Of <c>allow</c>, in the order of the text.</param>
/// <param name="Inbound">Peers that called, in the order of the text.</param>
/// <param name="Left">What no rule can express, with the reason; also in the text, as comments (bounded there).</param>
/// <param name="Yaml">A policy file; what came from the job stands in it escaped.</param>
public sealed record LearnedPolicy(
    ImmutableArray<LearnedRule> Rules, ImmutableArray<LearnedRule> Inbound, ImmutableArray<string> Left, string Yaml);
