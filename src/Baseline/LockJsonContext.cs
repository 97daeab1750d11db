using System.Text.Json.Serialization;

namespace Sallyport.Baseline;

/// <summary>Source-generated shape of the lock file; unknown properties are ignored, so that additions keep v1.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    WriteIndented = true,
    NewLine = "\n",
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(LockDocument))]
internal sealed partial class LockJsonContext : JsonSerializerContext;
