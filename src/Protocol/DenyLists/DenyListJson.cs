using System.Text.Json.Serialization;

namespace Sallyport.Protocol.DenyLists;

/// <summary>JSON of deny lists; what is not known is passed over.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    AllowDuplicateProperties = false)]
[JsonSerializable(typeof(DenyList))]
internal sealed partial class DenyListJson : JsonSerializerContext;
