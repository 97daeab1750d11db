using System.Text.Json.Serialization;

namespace Sallyport.Protocol.ServerOverrides;

/// <summary>JSON of overrides and of the answer that has them; null is written, what is not known is passed over.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    AllowDuplicateProperties = false)]
[JsonSerializable(typeof(ServerOverride))]
[JsonSerializable(typeof(OverridesAnswer))]
public sealed partial class OverrideJson : JsonSerializerContext;
