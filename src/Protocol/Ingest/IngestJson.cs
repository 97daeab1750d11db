using System.Text.Json.Serialization;

namespace Sallyport.Protocol.Ingest;

/// <summary>JSON of the server's interface for agents; null is written, what is not known is passed over.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(JobRegistration))]
[JsonSerializable(typeof(JobRegistered))]
[JsonSerializable(typeof(SegmentAccepted))]
[JsonSerializable(typeof(JobEnd))]
[JsonSerializable(typeof(JobEnded))]
[JsonSerializable(typeof(PolicyAnswer))]
[JsonSerializable(typeof(BaselineAnswer))]
public sealed partial class IngestJson : JsonSerializerContext;
