using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sallyport.Runner.Messages;

/// <summary>JSON as the stand-in writes it: one message a line, and documents for people.</summary>
internal static class PipeJson
{
    private static readonly RunnerJson s_line = new(new JsonSerializerOptions
    {
        MaxDepth = 256,
    });

    /// <summary>For people.</summary>
    public static RunnerJson Document { get; } = new(OfDocuments());

    /// <summary>Of an object alone, or with what is null left out.</summary>
    public static JsonSerializerOptions OfDocuments(JsonIgnoreCondition leftOut = JsonIgnoreCondition.Never) => new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = leftOut,
    };

    public static string ToLine(PipeMessage message) => JsonSerializer.Serialize(message, s_line.PipeMessage);

    public static PipeMessage FromLine(string line) =>
        JsonSerializer.Deserialize(line, s_line.PipeMessage)
        ?? throw new RunnerException("an empty message on the pipe");
}
