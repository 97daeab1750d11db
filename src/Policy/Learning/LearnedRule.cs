using System.Collections.Immutable;
using Sallyport.Policy.Endpoints;

namespace Sallyport.Policy.Learning;

/// <summary>One line of a learned policy.</summary>
/// <param name="Endpoint">The rule.</param>
/// <param name="Processes">Who called it, in order of name.</param>
/// <param name="Steps">In which steps, in order of name.</param>
/// <param name="Count">Connections.</param>
/// <param name="Names">Names that a wildcard stands for; empty otherwise.</param>
/// <param name="Notes">Why it is this rule, where that needs saying; in order.</param>
public sealed record LearnedRule(
    Endpoint Endpoint,
    ImmutableArray<string> Processes,
    ImmutableArray<string> Steps,
    long Count,
    ImmutableArray<string> Names,
    ImmutableArray<string> Notes);
