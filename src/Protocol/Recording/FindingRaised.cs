using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Sallyport.Protocol.Recording;

/// <summary>A detector found something.</summary>
/// <param name="Finding">Detector id, kebab-case.</param>
/// <param name="Title">One sentence.</param>
/// <param name="Severity"><c>low</c>, <c>medium</c>, <c>high</c>, <c>critical</c>.</param>
/// <param name="Action"><c>reported</c> or <c>blocked</c>.</param>
/// <param name="Evidence">Facts, by name.</param>
/// <param name="Process">Who, or null when unknown.</param>
/// <param name="Step">Id of the step, when known.</param>
public sealed record FindingRaised(
    string Finding,
    string Title,
    string Severity,
    string Action,
    [property: JsonConverter(typeof(EvidenceConverter))] ImmutableDictionary<string, string> Evidence,
    string? Process,
    string? Step) : RecordedEvent;
