using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.Unicode;

namespace Sallyport.Protocol.Report;

/// <summary>Reads and writes report.json.</summary>
public static class ReportJson
{
    /// <summary>
    /// Everything outside printable ASCII, and &lt; &gt; &amp; ' " + ` #, is written as \uXXXX: a report may stand in HTML
    /// and pass a terminal or a log, and <c>##[</c> is a command of the Actions runner.
    /// </summary>
    public static JavaScriptEncoder Encoder { get; } = CreateEncoder();

    /// <summary>Shape of the document; docs/report.schema.json is made from it.</summary>
    public static JsonTypeInfo<ReportDocument> TypeInfo => ReportJsonContext.Default.ReportDocument;

    /// <summary>Writes a report, indented, as UTF-8.</summary>
    public static void Write(Stream stream, ReportDocument report, bool indented = true)
    {
        using var writer = new Utf8JsonWriter(stream, new JsonWriterOptions
        {
            Encoder = Encoder,
            Indented = indented,
            NewLine = "\n",
        });
        JsonSerializer.Serialize(writer, report, TypeInfo);
    }

    /// <summary>Reads a report of this schema.</summary>
    /// <returns>Null, with the mistake, when the bytes are not such a report.</returns>
    public static ReportDocument? TryRead(ReadOnlySpan<byte> utf8, out string? mistake)
    {
        try
        {
            var report = JsonSerializer.Deserialize(utf8, TypeInfo);
            mistake = report?.Schema == ReportDocument.SchemaName
                ? null
                : $"not a report of schema {ReportDocument.SchemaName}";
            return mistake is null ? report : null;
        }
        catch (JsonException e)
        {
            mistake = $"not a report: JSON that does not fit the schema, line {e.LineNumber + 1}, byte {e.BytePositionInLine}";
            return null;
        }
    }

    private static JavaScriptEncoder CreateEncoder()
    {
        var settings = new TextEncoderSettings(UnicodeRanges.BasicLatin);
        settings.ForbidCharacter('#');
        return JavaScriptEncoder.Create(settings);
    }
}
