using System.Collections.Immutable;

namespace Sallyport.Protocol.Report;

/// <summary>What a detector found.</summary>
/// <param name="Id">Of the detector, kebab-case.</param>
/// <param name="Title">One sentence.</param>
/// <param name="Severity"><c>low</c>, <c>medium</c>, <c>high</c>, <c>critical</c>.</param>
/// <param name="Action"><c>reported</c> or <c>blocked</c>.</param>
/// <param name="Evidence">Facts, by name.</param>
/// <param name="Count">Times it was found with these facts.</param>
/// <param name="First">Wall clock.</param>
/// <param name="Step">Id, or null.</param>
/// <param name="Process">Id, or null.</param>
public sealed record FindingDocument(
    string Id,
    string Title,
    string Severity,
    string Action,
    ImmutableSortedDictionary<string, string> Evidence,
    long Count,
    DateTimeOffset First,
    string? Step,
    string? Process);
