using System.Text.Json.Serialization;

namespace Sallyport.Protocol.Control;

/// <summary>Nothing is refused any more in the runners' jobs that run now, and everything says so. From root outside of every job.</summary>
/// <param name="Reason">For people; stands in every output. 1 to <see cref="LongestReason"/> characters.</param>
public sealed record JobOverrideRequest(string Reason) : ControlRequest
{
    /// <summary>Characters of a reason.</summary>
    public const int LongestReason = 500;

    /// <summary>Whether the reason has a length that is taken.</summary>
    [JsonIgnore]
    public bool HasReason => Reason.Length is > 0 and <= LongestReason;

    /// <inheritdoc/>
    [JsonPropertyOrder(-1)]
    public override string Type => "job.override";
}
