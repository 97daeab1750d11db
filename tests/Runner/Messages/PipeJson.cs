using System.Text.Encodings.Web;
using System.Text.Json;

namespace Sallyport.Runner.Messages;

/// <summary>JSON as the stand-in writes it: one message a line, and documents for people.</summary>
internal static class PipeJson
{
    private static readonly JsonSerializerOptions s_line = new()
    {
        MaxDepth = 256,
    };

    public static JsonSerializerOptions Document { get; } = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static string ToLine(PipeMessage message) => JsonSerializer.Serialize(message, s_line);

    public static PipeMessage FromLine(string line) =>
        JsonSerializer.Deserialize<PipeMessage>(line, s_line)
        ?? throw new RunnerException("an empty message on the pipe");
}
