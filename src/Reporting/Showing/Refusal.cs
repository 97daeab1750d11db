using Sallyport.Protocol.Report;

namespace Sallyport.Reporting.Showing;

/// <summary>
/// One thing that was refused, or that block mode would have refused: a destination, or a name that was asked for and
/// never connected to. Rows that differ only by process are one; the first of them stands for all.
/// </summary>
/// <param name="Endpoint">Name or address with port; escaped.</param>
/// <param name="Protocol"><c>tcp</c>, <c>udp</c>, …, or <c>dns A</c>; escaped.</param>
/// <param name="Address">Of the peer, or of the resolver that was asked.</param>
/// <param name="Count">Tries.</param>
/// <param name="First">Of the tries.</param>
/// <param name="Process">Id of the process of the first try.</param>
/// <param name="OtherProcesses">Count of further processes.</param>
/// <param name="Step">Id.</param>
/// <param name="Container">Id.</param>
/// <param name="Why">One sentence; escaped.</param>
/// <param name="Reason">The kernel's, kebab-case.</param>
/// <param name="Allow">Line of policy that would allow it, or null.</param>
internal sealed record Refusal(
    string Endpoint,
    string Protocol,
    string Address,
    long Count,
    DateTimeOffset First,
    string? Process,
    int OtherProcesses,
    string? Step,
    string? Container,
    string Why,
    string Reason,
    string? Allow)
{
    public static Refusal Of(IReadOnlyList<ConnectionDocument> rows) => new(
        PolicyLine.Endpoint(rows[0].Destination, rows[0].Port),
        HostileText.Plain(rows[0].Protocol),
        HostileText.Plain(rows[0].Address),
        rows.Aggregate(0L, (sum, row) => Folding.Tally.Add(sum, row.Count)),
        rows[0].First,
        rows[0].Process,
        rows.Select(row => row.Process).Distinct(StringComparer.Ordinal).Count() - 1,
        rows[0].Step,
        rows[0].Container,
        ReasonText.For(rows[0]),
        rows[0].Reason,
        PolicyLine.For(rows[0]));

    public static Refusal Of(IReadOnlyList<NameDocument> rows) => new(
        HostileText.Plain(rows[0].Name),
        "dns " + HostileText.Plain(string.Join('/', rows.Select(row => row.Type).Distinct(StringComparer.Ordinal))),
        HostileText.Plain(rows[0].Resolver),
        rows.Aggregate(0L, (sum, row) => Folding.Tally.Add(sum, row.Count)),
        rows[0].First,
        rows[0].Process,
        rows.Select(row => row.Process).Distinct(StringComparer.Ordinal).Count() - 1,
        rows[0].Step,
        rows[0].Container,
        ReasonText.For(rows[0].Reason, rows[0].Rule, rows[0].RuleOrigin),
        rows[0].Reason,
        PolicyLine.For(rows[0]));
}
