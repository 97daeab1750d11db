namespace Sallyport.Server.Insights.Lists;

/// <summary>Which jobs a list of runs shows; null is any.</summary>
internal sealed record RunFilter
{
    public string? Owner { get; init; }

    public string? Repository { get; init; }

    public string? Workflow { get; init; }

    public string? Job { get; init; }

    public string? Run { get; init; }

    public string? Ref { get; init; }

    public string? Runner { get; init; }

    public string? State { get; init; }

    /// <summary>One of <see cref="Runs.Kinds"/>.</summary>
    public string? With { get; init; }

    /// <summary>As <c>2026-11-26</c>, in UTC.</summary>
    public string? Day { get; init; }
}
