using System.Text;
using System.Text.Json;
using Sallyport.Protocol.Report;

namespace Sallyport.Reporting.Showing;

/// <summary>JSON documents as text, with the escaping of report.json.</summary>
internal static class JsonText
{
    /// <summary>One indented document.</summary>
    public static string Indented(Action<Utf8JsonWriter> write) => Write(write, indented: true);

    /// <summary>One document on one line.</summary>
    public static string Line(Action<Utf8JsonWriter> write) => Write(write, indented: false);

    /// <summary>A field that stands only when there is a value.</summary>
    public static void WriteOptional(this Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }

    private static string Write(Action<Utf8JsonWriter> write, bool indented)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(
            buffer, new JsonWriterOptions { Encoder = ReportJson.Encoder, Indented = indented, NewLine = "\n" }))
        {
            write(json);
        }

        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length) + "\n";
    }
}
