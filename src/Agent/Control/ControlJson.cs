using System.Text.Json.Serialization;
using Sallyport.Agent.Runner.Privileges;

namespace Sallyport.Agent.Control;

/// <summary>JSON of the documents of this folder, source generated.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(JobState))]
[JsonSerializable(typeof(IReadOnlyList<JobState>))]
[JsonSerializable(typeof(MachineChange[]))]
internal sealed partial class ControlJson : JsonSerializerContext;
