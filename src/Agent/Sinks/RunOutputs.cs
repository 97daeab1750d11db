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
        (string Name, Action<Stream> Content)[] files =
        [
            ("report.json", stream => JsonRenderer.Write(stream, report)),
            (HtmlName, stream => HtmlRenderer.Write(stream, report)),
            ("summary.md", Text(() => MarkdownRenderer.Render(report) + LeftRunningText.Markdown(left))),
            ("report.sarif", Text(() => SarifRenderer.Render(report))),
            ("policy.yml", Text(() => LearnedPolicies.Yaml([report], "What this run would need."))),
        ];
        return [.. files.Select(file => folder.Write(file.Name, file.Content)).OfType<string>()];

        static Action<Stream> Text(Func<string> content) => stream => stream.Write(Encoding.UTF8.GetBytes(content()));
    }
}
