using System.Collections.Immutable;

namespace Sallyport.Policy.Reading;

/// <summary>The outcome of reading all sources.</summary>
/// <param name="Document">Null when there is any mistake: half a policy is none.</param>
/// <param name="Mistakes">In the order of the sources, then of lines.</param>
public sealed record PolicyReading(PolicyDocument? Document, ImmutableArray<PolicyMistake> Mistakes);
