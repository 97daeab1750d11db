using System.Text.Json.Serialization;

namespace Sallyport.Agent.Runner;

/// <summary>JSON of the runner's own files, source generated.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, PropertyNameCaseInsensitive = true)]
[JsonSerializable(typeof(RunnerSettings))]
internal sealed partial class RunnerJson : JsonSerializerContext;
