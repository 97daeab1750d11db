using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Sallyport.Protocol.Control;

/// <summary>What came of the job so far: the step shows it. The files are readable by the client.</summary>
/// <param name="Job">Id of the job.</param>
/// <param name="Mode"><c>audit</c> or <c>block</c>.</param>
/// <param name="InForce"><c>observing</c>, <c>enforcing</c> or <c>degraded</c>.</param>
/// <param name="Complete">Nothing was lost.</param>
/// <param name="Refused">Refused destinations.</param>
/// <param name="Findings">Findings.</param>
/// <param name="Report">Path of report.json.</param>
/// <param name="Recording">Path of the recording.</param>
/// <param name="Html">Path of report.html.</param>
/// <param name="Seal">Seal of the recording's last frame, the anchor of its hash chain.</param>
/// <param name="SummaryPath">Markdown for the job summary.</param>
/// <param name="Annotations">Most important first.</param>
/// <param name="Failed"><c>fail-on</c> matched.</param>
/// <param name="Failures">Words of <c>fail-on</c> that did.</param>
public sealed record JobReportReply(
    string Job,
    string Mode,
    string InForce,
    bool Complete,
    int Refused,
    int Findings,
    string Report,
    string Recording,
    string Html,
    string Seal,
    string SummaryPath,
    ImmutableArray<ControlNotice> Annotations,
    bool Failed,
    ImmutableArray<string> Failures) : ControlReply
{
    /// <inheritdoc/>
    [JsonPropertyOrder(-1)]
    public override string Type => "report";

    internal override ControlReply WithAtMost(int entries) =>
        this with { Annotations = BoundedList.Cut(Annotations, entries, ControlNotice.More) };
}
