using System.Text.Json.Serialization;

namespace Sallyport.Protocol.Report;

/// <summary>Whether a part of the report was observed.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Coverage>))]
public enum Coverage
{
    /// <summary>Nobody looked: an empty array says nothing.</summary>
    [JsonStringEnumMemberName("notObserved")]
    NotObserved,

    /// <summary>Some is missing: see losses and mode.degraded.</summary>
    [JsonStringEnumMemberName("partial")]
    Partial,

    /// <summary>From the start to the end.</summary>
    [JsonStringEnumMemberName("observed")]
    Observed,
}
