using System.Collections.Immutable;
using System.Globalization;
using Sallyport.Protocol.Recording;
using Sallyport.Protocol.Report;

namespace Sallyport.Reporting.Folding;

/// <summary>One row of DNS.</summary>
internal sealed class NameRow(NameKey key, int order, NameAsked first)
{
    private long firstBootNs = first.BootTimeNs;
    private long lastBootNs = first.BootTimeNs;
    private long count;

    public int Order => order;

    public int? Rule => first.Rule;

    public long FirstBootNs => firstBootNs;

    public string Name => key.Name;

    public string? Step => key.Step;

    public void Add(long bootNs)
    {
        count++;
        firstBootNs = Math.Min(firstBootNs, bootNs);
        lastBootNs = Math.Max(lastBootNs, bootNs);
    }

    public NameDocument Document(WallClock clock, RecordedRule? rule, ImmutableArray<string> addresses, string? step) => new(
        string.Create(CultureInfo.InvariantCulture, $"d{order + 1}"),
        key.Name,
        key.Type,
        key.Verdict,
        key.Verdict == RecordedVerdict.Observed,
        rule?.Text,
        rule?.Origin,
        key.Reason,
        first.Resolver,
        first.Transport,
        key.Verdict == RecordedVerdict.Refused ? [] : addresses,
        count,
        clock.At(firstBootNs),
        clock.At(lastBootNs),
        step,
        key.Process,
        key.Container);
}
