using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Sallyport.Protocol.Report;

namespace Sallyport.Protocol.Control;

/// <summary>The one table of message types, and the reading and writing that all of them share.</summary>
internal static class ControlCodec
{
    /// <summary>Entries of a list that a first attempt to fit into a message keeps.</summary>
    private const int MostEntries = 1024;

    private static readonly JsonWriterOptions Writing = new() { Encoder = ReportJson.Encoder };
    private static readonly JsonReaderOptions Reading = new() { MaxDepth = ControlLimits.MaxDepth };

    private static ControlJson Json => ControlJson.Default;

    internal static JsonTypeInfo? RequestOf(string? type) => type switch
    {
        "job.start" => Json.JobStartRequest,
        "job.status" => Json.JobStatusRequest,
        "job.report" => Json.JobReportRequest,
        "job.override" => Json.JobOverrideRequest,
        _ => null,
    };

    internal static JsonTypeInfo? ReplyOf(string? type) => type switch
    {
        "started" => Json.JobStartedReply,
        "report" => Json.JobReportReply,
        "status" => Json.JobStatusReply,
        "error" => Json.ControlErrorReply,
        _ => null,
    };

    internal static bool TryRead<T>(
        ReadOnlySpan<byte> utf8,
        Func<string?, JsonTypeInfo?> typeOf,
        [NotNullWhen(true)] out T? message,
        [NotNullWhen(false)] out string? mistake)
        where T : ControlMessage
    {
        message = null;
        if (utf8.Length > ControlLimits.MaxMessageBytes)
        {
            mistake = $"the message has {utf8.Length} bytes; at most {ControlLimits.MaxMessageBytes} are read";
            return false;
        }

        try
        {
            var (version, type) = HeaderOf(utf8);
            var info = typeOf(type);
            mistake = version != ControlLimits.Version ? $"not a message of version {ControlLimits.Version}"
                : info is null ? "the type of the message is not known" : null;
            message = mistake is null ? (T?)JsonSerializer.Deserialize(utf8, info!) : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException is what Utf8JsonReader throws for bytes and escapes that are no text.
            mistake = "the message is not JSON that fits its type";
        }

        // JSON has no infinite numbers, and 1e9990 is read as one.
        if (message is JobStartedReply { Coverage: { } coverage } && !double.IsFinite(coverage.UncoveredSeconds))
        {
            (message, mistake) = (null, "the message has a number that is too large");
        }

        mistake = message is null ? mistake ?? "the message is null" : null;
        return message is not null;
    }

    internal static byte[] WriteBounded(ControlReply reply)
    {
        var bytes = Serialize(reply);
        for (var entries = MostEntries; bytes.Length > ControlLimits.MaxMessageBytes && entries > 0; entries /= 2)
        {
            bytes = Serialize(reply.WithAtMost(entries));
        }

        return bytes.Length <= ControlLimits.MaxMessageBytes
            ? bytes : Serialize(new ControlErrorReply(ControlErrorCode.Failed, "The answer is too long for a message.", []));
    }

    internal static byte[] Serialize(ControlMessage message)
    {
        var info = RequestOf(message.Type) ?? ReplyOf(message.Type)
            ?? throw new ArgumentException($"{message.Type} is no message", nameof(message));
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Writing))
        {
            JsonSerializer.Serialize(writer, message, info);
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static (int Version, string? Type) HeaderOf(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8, Reading);
        var version = 0;
        string? type = null;
        var isObject = reader.Read() && reader.TokenType == JsonTokenType.StartObject;
        while (isObject && (version == 0 || type is null) && reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isVersion = reader.ValueTextEquals("v"u8);
            var isType = reader.ValueTextEquals("type"u8);
            _ = reader.Read();
            if (isVersion && reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var number))
            {
                version = number;
            }
            else if (isType && reader.TokenType == JsonTokenType.String)
            {
                type = reader.GetString();
            }

            reader.Skip();
        }

        return (version, type);
    }
}
