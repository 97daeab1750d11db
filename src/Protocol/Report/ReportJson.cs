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

    private static readonly JsonTypeInfo<ReportDocument> Indented = Written(indented: true);
    private static readonly JsonTypeInfo<ReportDocument> Dense = Written(indented: false);

    /// <summary>Shape of the document; docs/report.schema.json is made from it.</summary>
    public static JsonTypeInfo<ReportDocument> TypeInfo => ReportJsonContext.Default.ReportDocument;

    /// <summary>Writes a report as UTF-8, piece by piece: a large one is never in memory as text.</summary>
    public static void Write(Stream stream, ReportDocument report, bool indented = true) =>
        JsonSerializer.Serialize(stream, report, indented ? Indented : Dense);

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

    private static JsonTypeInfo<ReportDocument> Written(bool indented) => new ReportJsonContext(
        new JsonSerializerOptions(ReportJsonContext.Default.Options)
        {
            TypeInfoResolver = null,
            Encoder = Encoder,
            WriteIndented = indented,
            NewLine = "\n",
        }).ReportDocument;

    private static JavaScriptEncoder CreateEncoder()
    {
        var settings = new TextEncoderSettings(UnicodeRanges.BasicLatin);
        settings.ForbidCharacter('#');
        return JavaScriptEncoder.Create(settings);
    }
}
