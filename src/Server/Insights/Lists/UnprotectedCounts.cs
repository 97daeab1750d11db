namespace Sallyport.Server.Insights.Lists;

/// <summary>Jobs whose latest run had no protection, all and by reason; one may have several reasons.</summary>
internal sealed record UnprotectedCounts
{
    public long Total { get; init; }

    public long Lost { get; init; }

    public long Audit { get; init; }

    public long Degraded { get; init; }

    /// <summary>Reasons that any of them has, by the word of the list's filter.</summary>
    public IEnumerable<(string Why, long Count)> Reasons =>
        new[] { ("audit", Audit), ("degraded", Degraded), ("lost", Lost) }.Where(reason => reason.Item2 > 0);
}
