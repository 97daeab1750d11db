using Sallyport.Agent.Commands;
using Sallyport.Agent.Configuration;
using Sallyport.Agent.Sinks;
using Sallyport.Protocol.Recording;
using Sallyport.Protocol.Report;

namespace Sallyport.Agent.Control;

/// <summary>Whether a run did what <c>--fail-on</c> names.</summary>
internal static class FailOnReason
{
    /// <summary>The first reason, or null. In audit mode nothing is refused, and <c>refused</c> never matches.</summary>
    internal static string? Find(FailOn asked, ReportDocument report)
    {
        if (asked.HasFlag(FailOn.Refused))
        {
            var refused = report.Connections.Count(c => c.Verdict == RecordedVerdict.Refused)
                + report.Dns.Count(d => d.Verdict == RecordedVerdict.Refused);
            if (refused > 0)
            {
                return $"{refused} refused";
            }
        }

        if (asked.HasFlag(FailOn.Finding) && !report.Findings.IsEmpty)
        {
            return report.Findings.Length == 1 ? "1 finding" : $"{report.Findings.Length} findings";
        }

        return asked.HasFlag(FailOn.New) && NewDestinations.Of(report) is { Count: > 0 } found
            ? $"{found.Count} new, first {Printable.Line(found[0])}"
            : null;
    }
}
