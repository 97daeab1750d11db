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
    internal static List<string> Write(OutputFolder folder, RunOutcome outcome)
    {
        var report = outcome.Report;
        (string Name, Action<Stream> Content)[] files =
        [
            ("report.json", stream => ReportJson.Write(stream, report)),
            (HtmlName, stream => Write(stream, HtmlRenderer.Render(report))),
            ("summary.md", stream => Write(stream, MarkdownRenderer.Render(report) + LeftRunningText.Markdown(outcome.Left))),
            ("report.sarif", stream => Write(stream, SarifRenderer.Render(report))),
            ("policy.yml", stream => Write(stream, LearnedPolicies.Yaml([report], "What this run would need."))),
        ];
        return [.. files.Select(file => folder.Write(file.Name, file.Content)).OfType<string>()];
    }

    private static void Write(Stream stream, string text) => stream.Write(Encoding.UTF8.GetBytes(text));
}
