using Sallyport.Agent.Commands;
using Sallyport.Agent.Configuration;
using Sallyport.Agent.Core.Detection;
using Sallyport.Agent.Runner;
using Sallyport.Baseline;
using Sallyport.Protocol.Recording;
using Sallyport.Protocol.Report;

namespace Sallyport.Agent.Control;

/// <summary>Whether a run did what <c>--fail-on</c> names, or what the policy's <c>detections</c> fail.</summary>
internal static class FailOnReason
{
    /// <summary>The first reason, or null. In audit mode nothing is refused, and <c>refused</c> never matches.</summary>
    internal static string? Find(FailOn asked, ReportDocument report, DetectionActions actions)
    {
        if (asked.HasFlag(FailOn.Refused))
        {
            var refused = report.Connections.Count(c => c.Verdict == RecordedVerdict.Refused)
                + report.Dns.Count(d => d.Verdict == RecordedVerdict.Refused);
            if (refused > 0)
            {
                return $"--fail-on: {refused} refused";
            }
        }

        if (asked.HasFlag(FailOn.Finding) && !report.Findings.IsEmpty)
        {
            return report.Findings.Length == 1 ? "--fail-on: 1 finding" : $"--fail-on: {report.Findings.Length} findings";
        }

        if (report.Findings.FirstOrDefault(found => actions.Fails(found.Id, found.Action == "blocked")) is { } failing)
        {
            return $"the policy's detections: {failing.Id}";
        }

        if (asked.HasFlag(FailOn.New) && NewDestinations.Of(report) is { Count: > 0 } found)
        {
            return $"--fail-on: {found.Count} new, first {Printable.Line(found[0])}";
        }

        // What the one before has seen is not counted here: in doubt there was something.
        return asked != FailOn.Never && report.Losses.ContainsKey(RunnerJob.ObservationGap)
            ? "--fail-on: the agent was killed, and what it had seen until then is in another report"
            : null;
    }
}
