using System.Net;
using System.Text;
using Sallyport.Agent.Commands;
using Sallyport.Policy;
using Sallyport.Policy.Learning;
using Sallyport.Protocol.Recording;
using Sallyport.Protocol.Report;

namespace Sallyport.Agent.Sinks;

/// <summary>
/// A policy from what runs did. What was refused is not in it but as a comment: an attacker must not get into a policy by
/// having tried.
/// </summary>
internal static class LearnedPolicies
{
    /// <summary>Bound on comments about what was refused.</summary>
    private const int MaximumRefused = 50;

    /// <summary>Reasons for which a flow passes without a rule, or is done without: they need none.</summary>
    private static readonly HashSet<string> WithoutRule =
        new(StringComparer.Ordinal) { "loopback", "own-container", "resolver", "reply", "uplink", "name-service" };

    internal static string Yaml(IReadOnlyList<ReportDocument> reports, string title)
    {
        var learned = PolicyLearner.Learn(
            reports.SelectMany(Destinations), new LearnOptions { Mode = PolicyMode.Block, Title = title });
        var text = new StringBuilder(learned.Yaml);
        foreach (var refused in reports.SelectMany(Refused).Distinct().Take(MaximumRefused))
        {
            _ = text.Append("# refused, not included: ").Append(refused).Append('\n');
        }

        return text.ToString();
    }

    private static IEnumerable<ObservedDestination> Destinations(ReportDocument report)
    {
        var processes = report.Processes.ToDictionary(process => process.Id, StringComparer.Ordinal);
        var steps = report.Steps.ToDictionary(step => step.Id, step => step.Name, StringComparer.Ordinal);
        foreach (var row in report.Connections)
        {
            if (row.Verdict == RecordedVerdict.Refused || WithoutRule.Contains(row.Reason))
            {
                continue;
            }

            _ = IPAddress.TryParse(row.Address, out var address);
            var process = row.Process is { } id && processes.TryGetValue(id, out var found) ? Path.GetFileName(found.Exe) : null;
            var step = row.Step is { } key && steps.TryGetValue(key, out var name) ? name : row.Step;
            yield return new ObservedDestination(
                row.Reason == "no-lease" ? null : row.LeasedName,
                address,
                row.Port,
                row.Protocol,
                row.Sni is { } said ? said.Length > 0 : null,
                process,
                step,
                row.Count);
        }
    }

    private static IEnumerable<string> Refused(ReportDocument report) => report.Connections
        .Where(row => row.Verdict == RecordedVerdict.Refused)
        .Select(row => Printable.Line(FormattableString.Invariant($"{row.Protocol}://{row.Destination}:{row.Port}")));
}
