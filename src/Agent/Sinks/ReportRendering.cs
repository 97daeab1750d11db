using Sallyport.Protocol.Report;
using Sallyport.Reporting;

namespace Sallyport.Agent.Sinks;

/// <summary>The one place that knows the renderers.</summary>
internal static class ReportRendering
{
    /// <summary>Words that <c>--format</c> takes.</summary>
    internal static readonly string[] Words = ["text", "markdown", "html", "json", "sarif", "ocsf", "in-toto"];

    internal static string Render(
        ReportDocument report, ReportFormat format, TextOptions options, IReadOnlyList<InTotoSubject> subjects) => format switch
        {
            ReportFormat.Markdown => MarkdownRenderer.Render(report),
            ReportFormat.Html => HtmlRenderer.Render(report),
            ReportFormat.Json => JsonRenderer.Render(report),
            ReportFormat.Sarif => SarifRenderer.Render(report),
            ReportFormat.Ocsf => OcsfRenderer.Render(report),
            ReportFormat.InToto => InTotoRenderer.Render(report, subjects),
            _ => TextRenderer.Render(report, options),
        };
}
