namespace Sallyport.Server.Insights.Lists;

/// <summary>What a day brought, in UTC.</summary>
internal sealed record DayRow
{
    /// <summary>Days since 1970.</summary>
    public long Day { get; init; }

    public long Jobs { get; init; }

    public long Refused { get; init; }

    public long NewDestinations { get; init; }

    public DateOnly Date => DateOnly.FromDateTime(DateTime.UnixEpoch.AddDays(Day));
}
