using System.Collections.Immutable;
using System.Globalization;
using Sallyport.Protocol.Control;
using Sallyport.Protocol.Recording;
using Sallyport.Protocol.Report;
using Sallyport.Reporting.Showing;

namespace Sallyport.Reporting;

/// <summary>
/// A report as annotations of a step: one per refused destination and finding, with step and process. Bounded by
/// <see cref="Most"/>; whoever shows them shows fewer.
/// </summary>
public static class Annotations
{
    /// <summary>Annotations at most.</summary>
    public const int Most = 100;

    /// <summary>Number of destinations that were refused, names that were refused included.</summary>
    public static int Refused(ReportDocument report)
    {
        ArgumentNullException.ThrowIfNull(report);
        return report.Connections.Where(row => row.Verdict == RecordedVerdict.Refused)
            .Select(row => string.Create(CultureInfo.InvariantCulture, $"{row.Destination}:{row.Port}"))
            .Concat(report.Dns.Where(row => row.Verdict == RecordedVerdict.Refused).Select(row => row.Name))
            .Distinct(StringComparer.Ordinal).Count();
    }

    /// <summary>Most important first: refusals, findings, what is missing, then what block mode would refuse.</summary>
    public static ImmutableArray<ControlNotice> Of(ReportDocument report)
    {
        ArgumentNullException.ThrowIfNull(report);
        var steps = report.Steps.DistinctBy(step => step.Id).ToDictionary(step => step.Id, step => step.Name, StringComparer.Ordinal);
        var processes = report.Processes.DistinctBy(process => process.Id).ToDictionary(process => process.Id, StringComparer.Ordinal);

        return
        [
            .. Rows(report, RecordedVerdict.Refused).Select(row => Notice("error", "refused", row)).Take(Most),
            .. report.Findings.Select(finding => new ControlNotice(
                "error", finding.Title, $"{finding.Id}{Where(finding.Step, finding.Process)}")).Take(Most),
            .. Missing(report),
            .. Rows(report, RecordedVerdict.Observed).Select(row => Notice("warning", "would be refused", row)).Take(Most),
        ];

        string Where(string? step, string? process)
        {
            var name = step is not null ? steps.GetValueOrDefault(step, step) : null;
            var exe = process is not null && processes.TryGetValue(process, out var known) ? known.Exe : null;
            return (name is null ? "" : $", step \"{name}\"") + (exe is null ? "" : $", by {exe}");
        }

        ControlNotice Notice(string level, string verdict, (string Destination, string? Step, string? Process, long Count) row) => new(
            level,
            string.Create(CultureInfo.InvariantCulture, $"{row.Destination} {verdict}"),
            string.Create(
                CultureInfo.InvariantCulture,
                $"{row.Destination} was {(verdict == "refused" ? "refused" : "called; block mode would have refused it")}"
                + $"{Where(row.Step, row.Process)}{(row.Count > 1 ? $", {row.Count} times" : "")}"));
    }

    private static IEnumerable<ControlNotice> Missing(ReportDocument report)
    {
        if (!report.Complete)
        {
            yield return new ControlNotice("warning", "The report is incomplete", string.Join("; ", Verdict.Losses(report)));
        }

        if (!report.Mode.Degraded.IsDefaultOrEmpty)
        {
            var (level, title) = report.Mode.InForce == "degraded"
                ? ("warning", "Protection is degraded") : ("notice", "Not everything is seen");
            yield return new ControlNotice(level, title, string.Join("; ", report.Mode.Degraded));
        }
    }

    /// <summary>One row per destination, step and process.</summary>
    private static IEnumerable<(string Destination, string? Step, string? Process, long Count)> Rows(
        ReportDocument report, RecordedVerdict verdict) =>
        report.Connections.Where(row => row.Verdict == verdict)
            .Select(row => (
                Destination: row.Port == 0 ? $"{row.Destination} ({row.Protocol})"
                    : string.Create(CultureInfo.InvariantCulture, $"{row.Destination}:{row.Port}"),
                row.Step, row.Process, row.Count))
            .Concat(report.Dns.Where(row => row.Verdict == verdict).Select(row => (Destination: row.Name, row.Step, row.Process, row.Count)))
            .GroupBy(row => (row.Destination, row.Step, row.Process))
            .Select(group => (group.Key.Destination, group.Key.Step, group.Key.Process, group.Sum(row => row.Count)));
}
