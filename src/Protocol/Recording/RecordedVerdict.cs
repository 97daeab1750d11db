using System.Text.Json.Serialization;

namespace Sallyport.Protocol.Recording;

/// <summary>What the kernel decided.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RecordedVerdict>))]
public enum RecordedVerdict
{
    /// <summary>A rule, or the nature of the destination, allows it.</summary>
    [JsonStringEnumMemberName("allowed")]
    Allowed,

    /// <summary>Block mode: it did not leave.</summary>
    [JsonStringEnumMemberName("refused")]
    Refused,

    /// <summary>Audit mode: it left, and block mode would have refused it.</summary>
    [JsonStringEnumMemberName("observed")]
    Observed,
}
