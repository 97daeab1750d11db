using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Sallyport.Protocol.Recording;

/// <summary>The one table of event types: the <c>type</c> of a line and the record that it stands for.</summary>
internal static class RecordedEventCodec
{
    private static RecordingJson Json => RecordingJson.Default;

    /// <summary>The event's fields as one JSON object, without the fields that every line has.</summary>
    /// <returns>The <c>type</c> of the line.</returns>
    public static string NameOf(RecordedEvent recorded) => recorded switch
    {
        ConnectionClosed => "connectionClosed",
        ConnectionJudged => "connectionJudged",
        ContainerStarted => "containerStarted",
        EnvironmentSet => "environmentSet",
        EventsLost => "eventsLost",
        ExecutableHashed => "executableHashed",
        ExecutionAssigned => "executionAssigned",
        FileChanged => "fileChanged",
        FindingRaised => "findingRaised",
        FlowNamed => "flowNamed",
        IntrusionSeen => "intrusionSeen",
        JobIdentified => "jobIdentified",
        MachineChanged => "machineChanged",
        NameAsked => "nameAsked",
        NameResolved => "nameResolved",
        PolicyChanged => "policyChanged",
        ProcessExecuted => "processExecuted",
        ProcessExited => "processExited",
        ProcessForked => "processForked",
        ProtectionBegan => "protectionBegan",
        RecordingEnded => "recordingEnded",
        RecordingStarted => "recordingStarted",
        StepEnded => "stepEnded",
        StepStarted => "stepStarted",
        _ => throw new ArgumentException($"{recorded.GetType()} has no place in a recording", nameof(recorded)),
    };

    /// <summary>Writes the event's own fields as one JSON object.</summary>
    public static void Write(Utf8JsonWriter writer, RecordedEvent recorded)
    {
        switch (recorded)
        {
            case ConnectionClosed e: JsonSerializer.Serialize(writer, e, Json.ConnectionClosed); break;
            case ConnectionJudged e: JsonSerializer.Serialize(writer, e, Json.ConnectionJudged); break;
            case ContainerStarted e: JsonSerializer.Serialize(writer, e, Json.ContainerStarted); break;
            case EnvironmentSet e: JsonSerializer.Serialize(writer, e, Json.EnvironmentSet); break;
            case EventsLost e: JsonSerializer.Serialize(writer, e, Json.EventsLost); break;
            case ExecutableHashed e: JsonSerializer.Serialize(writer, e, Json.ExecutableHashed); break;
            case ExecutionAssigned e: JsonSerializer.Serialize(writer, e, Json.ExecutionAssigned); break;
            case FileChanged e: JsonSerializer.Serialize(writer, e, Json.FileChanged); break;
            case FindingRaised e: JsonSerializer.Serialize(writer, e, Json.FindingRaised); break;
            case FlowNamed e: JsonSerializer.Serialize(writer, e, Json.FlowNamed); break;
            case IntrusionSeen e: JsonSerializer.Serialize(writer, e, Json.IntrusionSeen); break;
            case JobIdentified e: JsonSerializer.Serialize(writer, e, Json.JobIdentified); break;
            case MachineChanged e: JsonSerializer.Serialize(writer, e, Json.MachineChanged); break;
            case NameAsked e: JsonSerializer.Serialize(writer, e, Json.NameAsked); break;
            case NameResolved e: JsonSerializer.Serialize(writer, e, Json.NameResolved); break;
            case PolicyChanged e: JsonSerializer.Serialize(writer, e, Json.PolicyChanged); break;
            case ProcessExecuted e: JsonSerializer.Serialize(writer, e, Json.ProcessExecuted); break;
            case ProcessExited e: JsonSerializer.Serialize(writer, e, Json.ProcessExited); break;
            case ProcessForked e: JsonSerializer.Serialize(writer, e, Json.ProcessForked); break;
            case ProtectionBegan e: JsonSerializer.Serialize(writer, e, Json.ProtectionBegan); break;
            case RecordingEnded e: JsonSerializer.Serialize(writer, e, Json.RecordingEnded); break;
            case RecordingStarted e: JsonSerializer.Serialize(writer, e, Json.RecordingStarted); break;
            case StepEnded e: JsonSerializer.Serialize(writer, e, Json.StepEnded); break;
            case StepStarted e: JsonSerializer.Serialize(writer, e, Json.StepStarted); break;
            default: throw new ArgumentException($"{recorded.GetType()} has no place in a recording", nameof(recorded));
        }
    }

    /// <summary>Reads one line. Never throws on bytes.</summary>
    /// <param name="line">The line without its line feed.</param>
    /// <param name="type">Its <c>type</c>, as <see cref="RecordedLineHeader"/> found it.</param>
    /// <param name="recorded">The event; null when the type is not known or the fields do not fit it.</param>
    /// <param name="known">True when the type is known.</param>
    public static bool TryRead(
        ReadOnlySpan<byte> line, string? type, [NotNullWhen(true)] out RecordedEvent? recorded, out bool known)
    {
        var info = TypeOf(type);
        known = info is not null;
        recorded = null;
        if (info is null)
        {
            return false;
        }

        try
        {
            recorded = (RecordedEvent?)JsonSerializer.Deserialize(line, info);
        }
        catch (JsonException)
        {
            // Counted by the caller as a malformed line.
            return false;
        }

        return recorded is not null;
    }

    private static JsonTypeInfo? TypeOf(string? type) => type switch
    {
        "connectionClosed" => Json.ConnectionClosed,
        "connectionJudged" => Json.ConnectionJudged,
        "containerStarted" => Json.ContainerStarted,
        "environmentSet" => Json.EnvironmentSet,
        "eventsLost" => Json.EventsLost,
        "executableHashed" => Json.ExecutableHashed,
        "executionAssigned" => Json.ExecutionAssigned,
        "fileChanged" => Json.FileChanged,
        "findingRaised" => Json.FindingRaised,
        "flowNamed" => Json.FlowNamed,
        "intrusionSeen" => Json.IntrusionSeen,
        "jobIdentified" => Json.JobIdentified,
        "machineChanged" => Json.MachineChanged,
        "nameAsked" => Json.NameAsked,
        "nameResolved" => Json.NameResolved,
        "policyChanged" => Json.PolicyChanged,
        "processExecuted" => Json.ProcessExecuted,
        "processExited" => Json.ProcessExited,
        "processForked" => Json.ProcessForked,
        "protectionBegan" => Json.ProtectionBegan,
        "recordingEnded" => Json.RecordingEnded,
        "recordingStarted" => Json.RecordingStarted,
        "stepEnded" => Json.StepEnded,
        "stepStarted" => Json.StepStarted,
        _ => null,
    };
}
