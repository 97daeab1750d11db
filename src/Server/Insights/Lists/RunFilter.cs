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

    /// <summary>Of the last so many days, today among them.</summary>
    public int? Days { get; init; }

    /// <summary>That reached a destination or tried to, as <c>tcp://example.com:443</c>.</summary>
    public string? Destination { get; init; }

    /// <summary>That were refused a destination, as <c>tcp://example.com:443</c>.</summary>
    public string? RefusedDestination { get; init; }

    /// <summary>That had a finding: its id.</summary>
    public string? Finding { get; init; }
}
