namespace Sallyport.Server.Insights.Lists;

/// <summary>What a day brought, in UTC.</summary>
internal sealed record DayRow
{
    /// <summary>Days since 1970.</summary>
    public long Day { get; init; }

    public long Jobs { get; init; }

    /// <summary>Jobs that were refused something.</summary>
    public long Refused { get; init; }

    /// <summary>Jobs with new destinations.</summary>
    public long New { get; init; }

    public DateOnly Date => DateOnly.FromDateTime(DateTime.UnixEpoch.AddDays(Day));
}
