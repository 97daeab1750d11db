using System.Collections.Immutable;

namespace Sallyport.Protocol.Report;

/// <summary>The policy that judged the job.</summary>
/// <param name="Source">File or option that gave it; null when none was given.</param>
/// <param name="Rules">Its rules, by number.</param>
public sealed record PolicyInForceDocument(string? Source, ImmutableArray<RuleDocument> Rules);
