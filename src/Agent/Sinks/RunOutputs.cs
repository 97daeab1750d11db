using System.Collections.Immutable;
using System.Text;
using Sallyport.Agent.Control;
using Sallyport.Agent.Core.Reporting;
using Sallyport.Protocol.Report;

namespace Sallyport.Agent.Sinks;

/// <summary>The files that a run leaves beside its recording.</summary>
internal static class RunOutputs
{
    internal const string HtmlName = "report.html";

    /// <summary>Writes each; gives one sentence for each that could not be written.</summary>
    internal static List<string> Write(OutputFolder folder, ReportDocument report, ImmutableArray<LeftRunning> left)
    {
        (string Name, Func<string> Content)[] files =
        [
            ("report.json", () => JsonRenderer.Render(report)),
            (HtmlName, () => HtmlRenderer.Render(report)),
            ("summary.md", () => MarkdownRenderer.Render(report) + LeftRunningText.Markdown(left)),
            ("report.sarif", () => SarifRenderer.Render(report)),
            ("policy.yml", () => LearnedPolicies.Yaml([report], "What this run would need.")),
        ];
        return [.. files.Select(file => folder.Write(file.Name, Encoding.UTF8.GetBytes(file.Content()))).OfType<string>()];
    }
}
