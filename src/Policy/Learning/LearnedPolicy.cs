using System.Collections.Immutable;

namespace Sallyport.Policy.Learning;

/// <summary>A policy that lets through just what was seen.</summary>
/// <param name="Rules">In the order of the text.</param>
/// <param name="Left">Destinations that no rule can express, with the reason; also in the text, as comments.</param>
/// <param name="Yaml">A policy file; what came from the job stands in it escaped.</param>
public sealed record LearnedPolicy(ImmutableArray<LearnedRule> Rules, ImmutableArray<string> Left, string Yaml);
