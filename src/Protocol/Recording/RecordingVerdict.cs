using System.Text.Json.Serialization;

namespace Sallyport.Protocol.Recording;

/// <summary>What the chain of seals says about a recording.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RecordingVerdict>))]
public enum RecordingVerdict
{
    /// <summary>
    /// Every frame has its seal and the last event is the end. Against root this proves something only when the last
    /// seal is compared with the one that the job's log printed.
    /// </summary>
    [JsonStringEnumMemberName("intact")]
    Intact,

    /// <summary>It stops in the middle, or no end was written: the recorder was stopped, or the rest was cut off.</summary>
    [JsonStringEnumMemberName("truncated")]
    Truncated,

    /// <summary>A seal does not fit the bytes before it, or events are missing between two seals.</summary>
    [JsonStringEnumMemberName("tampered")]
    Tampered,

    /// <summary>Bytes that are not a recording: no zstd frame, or a frame or the whole beyond its bound.</summary>
    [JsonStringEnumMemberName("unreadable")]
    Unreadable,
}
