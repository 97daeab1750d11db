using System.Text;
using Sallyport.Protocol.Report;
using Sallyport.Reporting.Showing;

namespace Sallyport.Reporting;

/// <summary>
/// The report as events of the Open Cybersecurity Schema Framework 1.3.0, one JSON object per line: Process Activity
/// (1007), Network Activity (4001), DNS Activity (4003), Detection Finding (2004). Times are milliseconds since 1970.
/// </summary>
public static class OcsfRenderer
{
    /// <summary>Renders a report.</summary>
    public static string Render(ReportDocument report)
    {
        ArgumentNullException.ThrowIfNull(report);
        var lines = new StringBuilder();
        var events = new OcsfEvents(report);
        foreach (var process in report.Processes.Where(process => process.Executed))
        {
            lines.Append(JsonText.Line(json => events.WriteProcess(json, process)));
        }

        foreach (var row in report.Dns)
        {
            lines.Append(JsonText.Line(json => events.WriteQuestion(json, row)));
        }

        foreach (var row in report.Connections)
        {
            lines.Append(JsonText.Line(json => events.WriteConnection(json, row)));
        }

        foreach (var finding in report.Findings)
        {
            lines.Append(JsonText.Line(json => events.WriteFinding(json, finding)));
        }

        return lines.ToString();
    }
}
