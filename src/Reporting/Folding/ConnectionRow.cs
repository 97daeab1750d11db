using System.Globalization;
using Sallyport.Protocol.Recording;
using Sallyport.Protocol.Report;

namespace Sallyport.Reporting.Folding;

/// <summary>One row of connections.</summary>
internal sealed class ConnectionRow(ConnectionKey key, int order, int? rule, string hook, string? nameSource, long characters)
{
    private long firstBootNs = long.MaxValue;
    private long lastBootNs = long.MinValue;

    public ConnectionKey Key { get; } = key;

    public int Order { get; } = order;

    public int? Rule { get; } = rule;

    public string Hook { get; } = hook;

    /// <summary>That it took of the budget.</summary>
    public long Characters { get; } = characters;

    public long Count { get; private set; }

    public long FirstBootNs => firstBootNs;

    public long BytesOut { get; set; }

    public long BytesIn { get; set; }

    public void Add(long count, long bootNs)
    {
        Count = Tally.Add(Count, count);
        firstBootNs = Math.Min(firstBootNs, bootNs);
        lastBootNs = Math.Max(lastBootNs, bootNs);
    }

    /// <summary>Its flows turned out to belong to another row.</summary>
    public void Remove(long count) => Count = Math.Max(0, Count - count);

    public ConnectionDocument Document(WallClock clock, RecordedRule? inForce, string? step) => new(
        string.Create(CultureInfo.InvariantCulture, $"n{Order + 1}"),
        Key.Presented is { Length: > 0 } name && !PresentedName.IsAddress(name) ? name : Key.LeasedName ?? Key.Address,
        Key.LeasedName,
        Key.Presented,
        nameSource,
        Key.Address,
        Key.Port,
        Key.Protocol,
        Key.Verdict,
        Key.Verdict == RecordedVerdict.Observed,
        inForce?.Text,
        inForce?.Origin,
        Key.Reason,
        Hook,
        BytesOut,
        BytesIn,
        Count,
        clock.At(firstBootNs),
        clock.At(lastBootNs),
        step,
        Key.Process,
        Key.Container)
    {
        AskedPort = Key.AskedPort,
    };
}
