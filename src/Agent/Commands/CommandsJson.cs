using System.Text.Json.Serialization;

namespace Sallyport.Agent.Commands;

/// <summary>JSON that subcommands print, source generated.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(DoctorDocument))]
internal sealed partial class CommandsJson : JsonSerializerContext;
