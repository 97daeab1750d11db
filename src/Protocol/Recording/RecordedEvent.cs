using System.Text.Json.Serialization;

namespace Sallyport.Protocol.Recording;

/// <summary>
/// One line of a recording: a fact that happened in or around a job. Process ids are <c>p</c> and the kernel's
/// number (<c>p17</c>), connection ids <c>c</c> and the socket cookie in hexadecimal.
/// </summary>
public abstract record RecordedEvent
{
    /// <summary>
    /// Place in the recording, from 1, without gaps. Given by the <see cref="RecordingWriter"/>, whatever it was before.
    /// </summary>
    [JsonPropertyName("seq")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWriting)]
    public long Sequence { get; init; }

    /// <summary>CLOCK_BOOTTIME of the event, nanoseconds.</summary>
    [JsonPropertyName("t")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWriting)]
    public long BootTimeNs { get; init; }

    /// <summary>
    /// The execution that it belongs to: the kernel's number, from 1, of a process that Runner.Worker started. 0, which
    /// is not written, when there is none. <see cref="ExecutionAssigned"/> says its step, perhaps later.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public uint Execution { get; init; }
}
