namespace Sallyport.Server.Insights.Lists;

/// <summary>How many there are of something.</summary>
internal sealed record CountRow
{
    public string Owner { get; init; } = "";

    public required string Name { get; init; }

    public long Count { get; init; }
}
