using System.Text.Json.Serialization;
using Sallyport.Protocol.Report;

namespace Sallyport.Protocol.Control;

/// <summary>Source-generated JSON of the control socket.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.Never,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    AllowDuplicateProperties = false,
    MaxDepth = ControlLimits.MaxDepth,
    Converters = [typeof(Rfc3339Converter)])]
[JsonSerializable(typeof(JobStartRequest))]
[JsonSerializable(typeof(JobStatusRequest))]
[JsonSerializable(typeof(JobReportRequest))]
[JsonSerializable(typeof(JobOverrideRequest))]
[JsonSerializable(typeof(JobStartedReply))]
[JsonSerializable(typeof(JobReportReply))]
[JsonSerializable(typeof(JobStatusReply))]
[JsonSerializable(typeof(ControlErrorReply))]
internal sealed partial class ControlJson : JsonSerializerContext;
