using System.Text.Json.Serialization;

namespace Sallyport.Protocol.Control;

/// <summary>Which jobs are watched here.</summary>
public sealed record JobStatusRequest : ControlRequest
{
    /// <inheritdoc/>
    [JsonPropertyOrder(-1)]
    public override string Type => "job.status";
}
