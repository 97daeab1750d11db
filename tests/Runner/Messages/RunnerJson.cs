using System.Text.Json.Serialization;
using Sallyport.Runner.Working;

namespace Sallyport.Runner.Messages;

/// <summary>What the stand-in reads and writes as JSON. Generated: each of its short processes would make it anew.</summary>
[JsonSerializable(typeof(PipeMessage))]
[JsonSerializable(typeof(RunResult))]
[JsonSerializable(typeof(Telemetry))]
[JsonSerializable(typeof(Dictionary<string, string>))]
internal sealed partial class RunnerJson : JsonSerializerContext;
