using System.Text.Json.Serialization;

namespace Sallyport.Protocol.Signing;

/// <summary>JSON of envelopes; what is not known is passed over.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    AllowDuplicateProperties = false)]
[JsonSerializable(typeof(SignedEnvelope))]
internal sealed partial class SigningJson : JsonSerializerContext;
