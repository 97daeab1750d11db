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

    /// <summary>Of what is left out, as many are named on standard error.</summary>
    private const int MaximumSaid = 3;

    /// <summary>Reasons for which a flow passes without a rule, or is done without: they need none.</summary>
    private static readonly HashSet<string> WithoutRule =
        new(StringComparer.Ordinal) { "loopback", "own-container", "resolver", "reply", "uplink", "name-service" };

    /// <summary>Reasons that block mode refuses for, whatever the rules.</summary>
    private static readonly HashSet<string> Unruly = new(StringComparer.Ordinal)
    {
        "raw-socket", "packet-socket", "rewritten", "ip-options", "fragment", "queue-bypass", "table-full", "agent-lost",
        "question-count", "dns-malformed",
    };

    /// <returns>The policy; its text ends with what was refused, and what is not known.</returns>
    internal static LearnedPolicy Learn(IReadOnlyList<ReportDocument> reports, string title)
    {
        var learned = PolicyLearner.Learn(
            reports.SelectMany(Destinations), new LearnOptions { Mode = PolicyMode.Block, Title = title });
        var text = new StringBuilder(learned.Yaml);
        foreach (var refused in reports.SelectMany(Refused).Distinct().Take(MaximumRefused))
        {
            _ = text.Append("# refused, not included: ").Append(refused).Append('\n');
        }

        if (reports.Any(report => !report.Policy.Rules.IsEmpty))
        {
            _ = text.Append("# this run had a policy: keep its inbound: and sockets:, since what they let through is not recorded\n");
        }

        return learned with { Yaml = text.ToString() };
    }

    /// <summary>One sentence about what no rule can express; null when there is nothing.</summary>
    /// <param name="learned">A policy.</param>
    /// <param name="name">What it is called.</param>
    internal static string? LeftOut(LearnedPolicy learned, string name)
    {
        if (learned.Left.IsEmpty)
        {
            return null;
        }

        var more = learned.Left.Length > MaximumSaid ? $"; and {learned.Left.Length - MaximumSaid} more" : "";
        return $"{name} leaves out what no rule can express: {string.Join("; ", learned.Left.Take(MaximumSaid))}{more}";
    }

    private static IEnumerable<ObservedDestination> Destinations(ReportDocument report)
    {
        var processes = report.Processes.ToDictionary(process => process.Id, StringComparer.Ordinal);
        var steps = report.Steps.ToDictionary(step => step.Id, step => step.Name, StringComparer.Ordinal);
        foreach (var row in report.Connections.Where(row => row.Verdict != RecordedVerdict.Refused && !WithoutRule.Contains(row.Reason)))
        {
            _ = IPAddress.TryParse(row.Address, out var address);
            var seen = new ObservedDestination(
                row.LeasedName, address, row.Port, row.Protocol, null, ProcessOf(row.Process), StepOf(row.Step), row.Count);
            foreach (var destination in Ways(row, seen))
            {
                yield return destination;
            }
        }

        foreach (var row in report.Dns.Where(row => row.Verdict != RecordedVerdict.Refused))
        {
            yield return new ObservedDestination(row.Name, null, 0, "dns", null, ProcessOf(row.Process), StepOf(row.Step), row.Count)
            {
                QuestionType = row.Type,
                Obstacle = ObstacleOf(row.Reason),
            };
        }

        string? ProcessOf(string? id) => id is not null && processes.TryGetValue(id, out var found) ? Path.GetFileName(found.Exe) : null;
        string? StepOf(string? id) => id is not null && steps.TryGetValue(id, out var name) ? name : id;
    }

    /// <summary>What lets a row through: of a proxy the proxy itself, and what it was asked for.</summary>
    private static ObservedDestination[] Ways(ConnectionDocument row, ObservedDestination seen)
    {
        if (row.Protocol == "unix")
        {
            return [seen with { Path = row.Address }];
        }

        if (ObstacleOf(row.Reason) is { } obstacle)
        {
            return [seen with { Obstacle = obstacle }];
        }

        // A daemon of the machine is named by its address; so is what no answer has leased.
        seen = row.Reason is "helper" or "no-lease" or "inbound" ? seen with { Name = null } : seen;
        return row switch
        {
            { Reason: "inbound" } => [seen with { IsInbound = true }],
            { NameSource: "http-connect", Sni: { } asked } => [seen with { Protocol = "proxy" }, AskedOfProxy(row, seen, asked)],
            { Sni: { } said } when seen.Name is { } leased
                && !string.Equals(said, leased, StringComparison.OrdinalIgnoreCase) =>
                [seen with { NamedItself = false, Note = said.Length == 0 ? null : $"says {said}" }],
            _ => [seen],
        };
    }

    private static ObservedDestination AskedOfProxy(ConnectionDocument row, ObservedDestination seen, string asked)
    {
        const int Http = 80;
        const int Https = 443;
        var port = row.AskedPort ?? Https;
        var target = seen with { Name = asked, Address = null, Port = port, Note = "by the proxy" };
        return asked.Length == 0 || PresentedName.IsAddress(asked)
            ? target with { Obstacle = "an address that a proxy is asked for is allowed by no rule" }
            : port is Http or Https ? target
            // What is said in the tunnel is not seen in audit mode.
            : target with { NamedItself = false, Note = "by the proxy; what it says there is not asked" };
    }

    private static string? ObstacleOf(string reason) =>
        Unruly.Contains(reason) ? $"block mode refuses it whatever the rules ({reason})" : null;

    private static IEnumerable<string> Refused(ReportDocument report) => report.Connections
        .Where(row => row.Verdict == RecordedVerdict.Refused)
        .Select(row => Printable.Line(FormattableString.Invariant($"{row.Protocol}://{row.Destination}:{row.Port}")))
        .Concat(report.Dns
            .Where(row => row.Verdict == RecordedVerdict.Refused)
            .Select(row => Printable.Line($"dns://{row.Name} {row.Type}")));
}
