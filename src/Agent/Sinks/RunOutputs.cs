using System.Text;
using Sallyport.Protocol.Report;
using Sallyport.Reporting;

namespace Sallyport.Agent.Sinks;

/// <summary>The files that a run leaves beside its recording.</summary>
internal static class RunOutputs
{
    internal const string HtmlName = "report.html";
    private const string PolicyName = "policy.yml";

    /// <summary>Writes each; gives one sentence for each that could not be written.</summary>
    /// <param name="folder">That gets them.</param>
    /// <param name="report">Of the run.</param>
    /// <param name="end">Markdown below the summary: what the report does not know.</param>
    /// <param name="say">Takes one sentence about what policy.yml cannot express; it stands there as comments too.</param>
    internal static List<string> Write(OutputFolder folder, ReportDocument report, string end = "", Action<string>? say = null)
    {
        var learned = LearnedPolicies.Learn([report], "What this run would need.");
        if (LearnedPolicies.LeftOut(learned, PolicyName) is { } left)
        {
            say?.Invoke(left);
        }

        (string Name, Action<Stream> Content)[] files =
        [
            ("report.json", stream => JsonRenderer.Write(stream, report)),
            (HtmlName, stream => HtmlRenderer.Write(stream, report)),
            ("summary.md", Text(() => MarkdownRenderer.Render(report) + end)),
            ("report.sarif", Text(() => SarifRenderer.Render(report))),
            (PolicyName, Text(() => learned.Yaml)),
        ];
        return [.. files.Select(file => folder.Write(file.Name, file.Content)).OfType<string>()];

        static Action<Stream> Text(Func<string> content) => stream => stream.Write(Encoding.UTF8.GetBytes(content()));
    }
}
