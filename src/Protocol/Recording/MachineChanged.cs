using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Sallyport.Protocol.Recording;

/// <summary>The machine was changed so that packets may go elsewhere, or names mean something else.</summary>
/// <param name="Change">Kebab-case, as the finding that follows from it: <c>nat-rule-added</c>.</param>
/// <param name="Facts">What exactly, by name.</param>
/// <param name="Process">Who, or null when unknown.</param>
/// <param name="Step">Id of the step, when known.</param>
/// <param name="Container">Id of the container, or null on the host.</param>
public sealed record MachineChanged(
    string Change,
    [property: JsonConverter(typeof(EvidenceConverter))] ImmutableDictionary<string, string> Facts,
    string? Process,
    string? Step,
    string? Container) : RecordedEvent;
