using System.Text;
using Sallyport.Protocol.Report;

namespace Sallyport.Reporting;

/// <summary>The report as report.json: indented, ASCII only, see <see cref="ReportJson"/>.</summary>
public static class JsonRenderer
{
    /// <summary>Renders a report.</summary>
    public static string Render(ReportDocument report)
    {
        using var buffer = new MemoryStream();
        Write(buffer, report);
        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    /// <summary>Writes it as UTF-8; a large report is never in memory as text.</summary>
    public static void Write(Stream stream, ReportDocument report)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ReportJson.Write(stream, report);
        stream.Write("\n"u8);
    }
}
