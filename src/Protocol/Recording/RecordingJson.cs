using System.Text.Json.Serialization;

namespace Sallyport.Protocol.Recording;

/// <summary>JSON of the lines of a recording, source generated: no reflection in the agent.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(ConnectionClosed))]
[JsonSerializable(typeof(ConnectionJudged))]
[JsonSerializable(typeof(ContainerStarted))]
[JsonSerializable(typeof(EnvironmentSet))]
[JsonSerializable(typeof(EventsLost))]
[JsonSerializable(typeof(ExecutableHashed))]
[JsonSerializable(typeof(ExecutionAssigned))]
[JsonSerializable(typeof(FileChanged))]
[JsonSerializable(typeof(FindingRaised))]
[JsonSerializable(typeof(FlowNamed))]
[JsonSerializable(typeof(IntrusionSeen))]
[JsonSerializable(typeof(JobIdentified))]
[JsonSerializable(typeof(MachineChanged))]
[JsonSerializable(typeof(NameAsked))]
[JsonSerializable(typeof(NameResolved))]
[JsonSerializable(typeof(PolicyChanged))]
[JsonSerializable(typeof(ProcessExecuted))]
[JsonSerializable(typeof(ProcessExited))]
[JsonSerializable(typeof(ProcessForked))]
[JsonSerializable(typeof(ProtectionBegan))]
[JsonSerializable(typeof(RecordingEnded))]
[JsonSerializable(typeof(RecordingStarted))]
[JsonSerializable(typeof(StepEnded))]
[JsonSerializable(typeof(StepStarted))]
internal sealed partial class RecordingJson : JsonSerializerContext;
