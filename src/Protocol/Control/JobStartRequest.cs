using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Sallyport.Protocol.Control;

/// <summary>Protect the job that the client belongs to.</summary>
/// <param name="Inputs">The Action's inputs that were given, by their names in action.yml, as they were written.</param>
/// <param name="Policy">Text of the file that the input <c>policy-file</c> names, or null.</param>
public sealed record JobStartRequest(
    [property: JsonConverter(typeof(InputsConverter))] ImmutableSortedDictionary<string, string> Inputs,
    string? Policy) : ControlRequest
{
    /// <inheritdoc/>
    [JsonPropertyOrder(-1)]
    public override string Type => "job.start";
}
