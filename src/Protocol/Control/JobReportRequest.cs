using System.Text.Json.Serialization;

namespace Sallyport.Protocol.Control;

/// <summary>The report of the job that the client belongs to. Protection stays until the runner's worker has ended.</summary>
public sealed record JobReportRequest : ControlRequest
{
    /// <inheritdoc/>
    [JsonPropertyOrder(-1)]
    public override string Type => "job.report";
}
