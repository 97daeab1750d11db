using System.Text.Json.Serialization;

namespace Sallyport.Agent.Upload;

/// <summary>JSON between the agent and its uploader.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(UploadOrder))]
[JsonSerializable(typeof(UploadResult))]
internal sealed partial class UploadJson : JsonSerializerContext;
