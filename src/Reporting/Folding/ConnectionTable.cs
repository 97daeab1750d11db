using System.Collections.Immutable;
using Sallyport.Protocol.Recording;
using Sallyport.Protocol.Report;

namespace Sallyport.Reporting.Folding;

/// <summary>
/// Connections, repeats counted. A flow is judged by its address first and by its name later: it stands in one row, that
/// of the worst verdict. Rows and open flows are bounded; a tenth of the rows is kept for refusals.
/// </summary>
internal sealed class ConnectionTable(
    int limit, int openLimit, LossTable losses, TextBudget texts, RuleTable rules, ProcessTable processes)
{
    // Packets of no socket share this id.
    private const string NoFlow = "c0";

    // What the name adds to "no-rule": it is an allowed one.
    private const string NoLease = "no-lease";

    private readonly Dictionary<ConnectionKey, ConnectionRow> rows = [];
    private readonly Dictionary<string, OpenFlow> open = new(StringComparer.Ordinal);

    private int order;

    public void Judged(ConnectionJudged e)
    {
        var key = new ConnectionKey(
            e.Address, e.Port, e.Protocol, e.Name, null, e.Verdict, e.Reason, e.Process, e.Step, e.Container);
        var attempts = Math.Max(1, e.Count);
        if (open.TryGetValue(e.Connection, out var flow) && flow.Row.Key.HasSameDestination(e.Address, e.Port))
        {
            if (Severity(e.Verdict) > Severity(flow.Row.Key.Verdict))
            {
                Move(flow, key with { Presented = flow.Row.Key.Presented, AskedPort = flow.Row.Key.AskedPort }, e.Rule, e.Hook, null, e.BootTimeNs);
            }
            else
            {
                flow.Row.Add(attempts, e.BootTimeNs);
                flow.Attempts = Tally.Add(flow.Attempts, attempts);
            }

            return;
        }

        if (FindOrAdd(key, e.Rule, e.Hook, null) is not { } row)
        {
            return;
        }

        row.Add(attempts, e.BootTimeNs);
        rules.Count(e.Rule, attempts);
        Track(e.Connection, row, attempts, e.BootTimeNs);
    }

    public void Named(FlowNamed e)
    {
        var key = new ConnectionKey(
            e.Address, e.Port, "tcp", e.Leased, e.Presented, e.Verdict, e.Reason, e.Process, e.Step, e.Container, e.AskedPort);
        if (!open.TryGetValue(e.Connection, out var flow))
        {
            if (FindOrAdd(key, e.Rule, "egress", e.Source) is { } row)
            {
                row.Add(1, e.BootTimeNs);
                rules.Count(e.Rule, 1);
                Track(e.Connection, row, 1, e.BootTimeNs);
            }

            return;
        }

        var before = flow.Row.Key;
        if (Severity(e.Verdict) > Severity(before.Verdict))
        {
            Move(flow, key with { Protocol = before.Protocol }, e.Rule, flow.Row.Hook, e.Source, e.BootTimeNs);
        }
        else if (before.Presented is null)
        {
            // The address decided, the name only completes the row.
            var named = before with
            {
                Presented = e.Presented,
                AskedPort = e.AskedPort,
                LeasedName = before.LeasedName ?? e.Leased,
                Reason = e.Verdict == before.Verdict && e.Reason == NoLease ? NoLease : before.Reason,
            };
            Move(flow, named, flow.Row.Rule, flow.Row.Hook, e.Source, e.BootTimeNs);
        }
    }

    public void Closed(ConnectionClosed e)
    {
        if (open.Remove(e.Connection, out var flow))
        {
            texts.GiveBack(e.Connection.Length);
            flow.Row.BytesOut = Tally.Add(flow.Row.BytesOut, e.BytesOut);
            flow.Row.BytesIn = Tally.Add(flow.Row.BytesIn, e.BytesIn);
        }
    }

    public ImmutableArray<ConnectionDocument> Documents(WallClock clock, StepTable steps) =>
    [
        .. rows.Values
            .OrderBy(row => row.FirstBootNs)
            .ThenBy(row => row.Order)
            .Select(row => row.Document(clock, rules.Find(row.Rule), steps.Find(row.Key.Step))),
    ];

    private static int Severity(RecordedVerdict verdict) => verdict switch
    {
        RecordedVerdict.Refused => 2,
        RecordedVerdict.Observed => 1,
        _ => 0,
    };

    private void Move(OpenFlow flow, ConnectionKey key, int? rule, string hook, string? source, long bootNs)
    {
        if (FindOrAdd(key, rule, hook, source) is not { } row)
        {
            return;
        }

        flow.Row.Remove(flow.Attempts);
        if (flow.Row.Count == 0 && rows.Remove(flow.Row.Key, out var left))
        {
            texts.GiveBack(left.Characters);
        }

        row.Add(flow.Attempts, flow.FirstBootNs);
        row.Add(0, bootNs);
        if (rule != flow.Row.Rule)
        {
            rules.Count(rule, flow.Attempts);
        }

        flow.Row = row;
    }

    private ConnectionRow? FindOrAdd(ConnectionKey key, int? rule, string hook, string? source)
    {
        if (rows.TryGetValue(key, out var row))
        {
            return row;
        }

        if (rows.Count >= (key.Verdict == RecordedVerdict.Refused ? limit : limit - (limit / 10)))
        {
            losses.Add("report-connections", 1);
            return null;
        }

        var characters = TextBudget.Of(
            key.Address, key.Protocol, key.LeasedName, key.Presented, key.Reason, key.Process, key.Step, key.Container, hook, source);
        if (!texts.TryTake(characters, key.Verdict == RecordedVerdict.Refused))
        {
            return null;
        }

        row = new ConnectionRow(key, order++, rule, hook, source, characters);
        rows.Add(key, row);
        processes.Refer(key.Process);
        return row;
    }

    private void Track(string connection, ConnectionRow row, long attempts, long bootNs)
    {
        if (connection == NoFlow)
        {
            return;
        }

        var isKnown = open.ContainsKey(connection);
        if (open.Count >= openLimit && !isKnown)
        {
            losses.Add("report-flows", 1);
            return;
        }

        if (!isKnown && !texts.TryTake(connection.Length, row.Key.Verdict == RecordedVerdict.Refused))
        {
            return;
        }

        open[connection] = new OpenFlow(row, attempts, bootNs);
    }
}
