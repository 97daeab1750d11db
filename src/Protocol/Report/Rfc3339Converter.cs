using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sallyport.Protocol.Report;

/// <summary>Times as RFC 3339 in UTC with seven digits: <c>2026-11-23T07:12:09.1234567Z</c>.</summary>
internal sealed class Rfc3339Converter : JsonConverter<DateTimeOffset>
{
    private const string Format = "yyyy-MM-ddTHH:mm:ss.fffffffZ";

    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TryGetDateTimeOffset(out var value)
            ? value.ToUniversalTime()
            : throw new JsonException("a time that is not RFC 3339");

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options)
    {
        Span<char> text = stackalloc char[28];
        value.UtcDateTime.TryFormat(text, out var length, Format, CultureInfo.InvariantCulture);
        writer.WriteStringValue(text[..length]);
    }
}
