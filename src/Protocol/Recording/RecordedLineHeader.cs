using System.Text.Json;

namespace Sallyport.Protocol.Recording;

/// <summary>What every line of a recording carries: <c>v</c>, <c>seq</c> and <c>type</c>, or else <c>seal</c>.</summary>
internal readonly record struct RecordedLineHeader(int Version, long Sequence, string? Type, string? Seal)
{
    /// <summary>Reads the header of one line. Never throws on bytes.</summary>
    /// <returns>False when the line is not one JSON object of valid UTF-8.</returns>
    public static bool TryRead(ReadOnlySpan<byte> line, out RecordedLineHeader header)
    {
        header = default;
        try
        {
            var reader = new Utf8JsonReader(line);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return false;
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                header = ReadField(header, ref reader);
                reader.Skip();
                if (header.IsWhole)
                {
                    return true;
                }
            }

            return reader.TokenType == JsonTokenType.EndObject;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException is what Utf8JsonReader throws for bytes that are not UTF-8.
            return false;
        }
    }

    // The writer puts these first, so that the rest of a line is read only once.
    private bool IsWhole => Seal is not null || (Version != 0 && Sequence != 0 && Type is not null);

    private static RecordedLineHeader ReadField(RecordedLineHeader header, ref Utf8JsonReader reader)
    {
        if (reader.ValueTextEquals("v"u8))
        {
            reader.Read();
            return reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var v)
                ? header with { Version = v } : header;
        }

        if (reader.ValueTextEquals("seq"u8))
        {
            reader.Read();
            return reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var seq)
                ? header with { Sequence = seq } : header;
        }

        if (reader.ValueTextEquals("type"u8))
        {
            reader.Read();
            return reader.TokenType == JsonTokenType.String ? header with { Type = reader.GetString() } : header;
        }

        if (reader.ValueTextEquals("seal"u8))
        {
            reader.Read();
            return reader.TokenType == JsonTokenType.String ? header with { Seal = reader.GetString() } : header;
        }

        return header;
    }
}
