using System.Text;
using Sallyport.Protocol.Report;
using Sallyport.Reporting.Showing;

namespace Sallyport.Reporting;

/// <summary>
/// The report as the summary of a job: GitHub Flavored Markdown, under 60 lines unfolded, at most 1 MiB. Text of the job
/// stands in entities: it opens no link, mention, table or element.
/// </summary>
public static class MarkdownRenderer
{
    private const int MaximumRows = 12;
    private const int MaximumFoldedRows = 300;
    private const int MaximumLines = 12;

    /// <summary>Renders a report.</summary>
    public static string Render(ReportDocument report)
    {
        ArgumentNullException.ThrowIfNull(report);
        var digest = new Digest(report);
        var page = new StringBuilder();
        var sign = digest.Refused.Count > 0 ? "✗"
            : !report.Findings.IsEmpty || !report.Complete ? "!"
            : digest.WouldRefuse.Count > 0 ? "?"
            : digest.New.Count > 0 ? "+" : "✓";
        Line(page, $"## {sign} Sallyport: {Verdict.Headline(digest)}");
        Line(page, "");
        if (JobLine.Facts(report) is { Count: > 0 } job)
        {
            Line(page, string.Join(" · ", job.Select(HostileText.Markdown)) + "  ");
        }

        Line(page, $"{Verdict.Mode(report)} · {(report.Complete ? "complete" : "**incomplete**")} · {Took(report)}"
            + $"{HostileText.Markdown(Columns.Cut(ProcessNames.CommandOf(null, report.Job.Command), 100))} · "
            + Verdict.Exit(report));
        Refusals(page, digest);
        New(page, digest);
        Findings(page, digest);
        Policy(page, digest);
        Allowed(page, digest);
        Files(page, digest);
        Closing(page, digest);
        return page.ToString();
    }

    private static string Took(ReportDocument report) =>
        report is { Started: { } started, Ended: { } ended } ? Amount.Duration(ended - started) + " · " : "";

    private static void Refusals(StringBuilder page, Digest digest)
    {
        List<(Refusal Refusal, string Verdict)> rows =
        [
            .. digest.Refused.Select(r => (r, "✗ refused")), .. digest.WouldRefuse.Select(r => (r, "? would be refused")),
        ];
        if (rows.Count == 0)
        {
            return;
        }

        Line(page, "");
        Table(page, "destination", "protocol", "verdict", "process", "step", "tries", "why");
        foreach (var (refusal, verdict) in rows.Take(MaximumRows))
        {
            Row(page, digest, refusal, verdict);
        }

        if (rows.Count > MaximumRows)
        {
            Fold(page, $"{Amount.Count(rows.Count - MaximumRows)} more");
            Table(page, "destination", "protocol", "verdict", "process", "step", "tries", "why");
            foreach (var (refusal, verdict) in rows.Skip(MaximumRows).Take(MaximumFoldedRows))
            {
                Row(page, digest, refusal, verdict);
            }

            EndFold(page, rows.Count - MaximumRows - MaximumFoldedRows);
        }
    }

    private static void Row(StringBuilder page, Digest digest, Refusal refusal, string verdict) => Cells(
        page,
        HostileText.Markdown(Columns.Cut(refusal.Endpoint, 120)),
        HostileText.Markdown(refusal.Protocol),
        verdict,
        HostileText.Markdown(digest.Names.Chain(refusal.Process, 100)),
        digest.StepName(refusal.Step) is { } step ? HostileText.Markdown(Columns.Cut(step, 60)) : "–",
        Amount.Count(refusal.Count),
        HostileText.Markdown(refusal.Why));

    private static void New(StringBuilder page, Digest digest)
    {
        if (digest.New.Count == 0)
        {
            return;
        }

        Line(page, "");
        Table(page, "+ new destination", "protocol", "verdict", "process", "step", "count");
        foreach (var destination in digest.New.Take(MaximumRows))
        {
            Cells(
                page,
                HostileText.Markdown(Columns.Cut(destination.Endpoint, 120)),
                HostileText.Markdown(destination.Protocol),
                Verdict.Signed(destination.Verdict),
                HostileText.Markdown(digest.Names.Chain(destination.Process, 100)),
                digest.StepName(destination.Step) is { } step ? HostileText.Markdown(Columns.Cut(step, 60)) : "–",
                Amount.Count(destination.Count));
        }

        if (digest.New.Count > MaximumRows)
        {
            Line(page, "");
            Line(page, $"… {Amount.Count(digest.New.Count - MaximumRows)} more in report.html");
        }
    }

    private static void Findings(StringBuilder page, Digest digest)
    {
        var findings = digest.Report.Findings;
        if (findings.IsEmpty)
        {
            return;
        }

        Line(page, "");
        Table(page, "finding", "severity", "action", "process", "step");
        foreach (var finding in findings.Take(MaximumRows))
        {
            Cells(
                page,
                HostileText.Markdown(Columns.Cut(HostileText.Plain(finding.Title), 160)),
                HostileText.Markdown(finding.Severity),
                HostileText.Markdown(finding.Action),
                HostileText.Markdown(digest.Names.Chain(finding.Process, 100)),
                digest.StepName(finding.Step) is { } step ? HostileText.Markdown(Columns.Cut(step, 60)) : "–");
        }

        if (findings.Length > MaximumRows)
        {
            Line(page, "");
            Line(page, $"… {Amount.Count(findings.Length - MaximumRows)} more in report.html");
        }
    }

    private static void Policy(StringBuilder page, Digest digest)
    {
        var lines = digest.MissingLines;
        if (lines.Count == 0)
        {
            return;
        }

        Line(page, "");
        Line(page, "If these are wanted, the policy needs:");
        Line(page, "");
        var folded = lines.Count > MaximumLines;
        if (folded)
        {
            Fold(page, Amount.Of(lines.Count, "line", "lines"));
        }

        Line(page, "```diff");
        Line(page, " allow:");
        foreach (var line in lines.Take(MaximumFoldedRows))
        {
            Line(page, $"+  - {(line.StartsWith('[') ? $"\"{line}\"" : line)}");
        }

        Line(page, "```");
        if (folded)
        {
            EndFold(page, lines.Count - MaximumFoldedRows);
        }
    }

    private static void Allowed(StringBuilder page, Digest digest)
    {
        if (digest.Allowed.Count == 0)
        {
            return;
        }

        Fold(page, $"✓ {Amount.Of(digest.Allowed.Count, "destination", "destinations")} allowed");
        Table(page, "destination", "programs", "step", "sent", "received", "connections", "rule");
        foreach (var destination in digest.Allowed.Take(MaximumFoldedRows))
        {
            Cells(
                page,
                HostileText.Markdown(Columns.Cut(destination.Endpoint, 120)),
                HostileText.Markdown(Columns.Cut(string.Join(", ", destination.Programs), 60)),
                Steps(digest, destination),
                Amount.Bytes(destination.BytesOut),
                Amount.Bytes(destination.BytesIn),
                Amount.Count(destination.Count),
                destination.Rule is { } rule ? HostileText.Markdown(rule) : "–");
        }

        EndFold(page, digest.Allowed.Count - MaximumFoldedRows);
    }

    private static string Steps(Digest digest, Destination destination) => destination.Steps.Count == 0
        ? "–"
        : HostileText.Markdown(Columns.Cut(string.Join(", ", destination.Steps.Select(s => digest.StepName(s))), 60));

    private static void Closing(StringBuilder page, Digest digest)
    {
        var report = digest.Report;
        Line(page, "");
        foreach (var sentence in report.Mode.Degraded.Take(MaximumLines))
        {
            Line(page, $"- ! degraded: {HostileText.Markdown(sentence)}");
        }

        foreach (var step in JobLine.LeftRunning(digest).Take(MaximumLines))
        {
            Line(page, $"- ! left running when its step ended: {HostileText.Markdown(step)}");
        }

        foreach (var sentence in Verdict.Losses(report).Take(MaximumLines))
        {
            Line(page, $"- ! incomplete: {HostileText.Markdown(sentence)}");
        }

        if (report.Mode.Degraded.Length > 0 || !report.Complete || report.Steps.Any(step => !step.LeftRunning.IsDefaultOrEmpty))
        {
            Line(page, "");
        }

        if (Verdict.Protection(report) is { } since && report.Protection!.FromStart)
        {
            Line(page, $"Protection was {since}.  "); // what began later stands above, as incomplete
        }

        var seal = report.Recording?.Seal is { } text ? $" · seal {HostileText.Markdown(text)}" : "";
        Line(page, $"{Amount.Of(report.Processes.Length, "process", "processes")} · "
            + $"{Amount.Of(digest.Lost, "event", "events")} lost · not observed: {NotObserved(report.Coverage)}{seal}");
    }

    private static void Files(StringBuilder page, Digest digest)
    {
        if (digest.Report.Files.IsEmpty)
        {
            return;
        }

        Fold(page, $"{Amount.Of(digest.Report.Files.Length, "change of a file", "changes of files")}, by folder");
        Table(page, "folder", "files", "changes");
        foreach (var (folder, files, changes) in FolderSummary.Of(digest.Report.Files))
        {
            Cells(page, HostileText.Markdown(Columns.Cut(folder, 120)), Amount.Count(files), HostileText.Markdown(changes));
        }

        EndFold(page, 0);
    }

    private static string NotObserved(CoverageDocument coverage)
    {
        (string Name, Coverage State)[] parts =
        [
            ("steps", coverage.Steps), ("connections", coverage.Connections), ("DNS", coverage.Dns),
            ("processes", coverage.Processes), ("files", coverage.Files), ("GitHub API", coverage.ApiCalls),
            ("containers", coverage.Containers),
        ];
        var missing = parts.Where(part => part.State == Coverage.NotObserved).Select(part => part.Name).ToList();
        return missing.Count == 0 ? "nothing" : string.Join(", ", missing);
    }

    private static void Table(StringBuilder page, params string[] names)
    {
        Cells(page, names);
        Cells(page, [.. names.Select(_ => "---")]);
    }

    private static void Cells(StringBuilder page, params string[] cells) =>
        Line(page, $"| {string.Join(" | ", cells)} |");

    private static void Fold(StringBuilder page, string summary)
    {
        Line(page, "");
        Line(page, $"<details><summary>{summary}</summary>");
        Line(page, "");
    }

    private static void EndFold(StringBuilder page, int more)
    {
        if (more > 0)
        {
            Line(page, "");
            Line(page, $"… {Amount.Count(more)} more in report.html");
        }

        Line(page, "");
        Line(page, "</details>");
    }

    private static void Line(StringBuilder page, string text) => page.Append(text).Append('\n');
}
