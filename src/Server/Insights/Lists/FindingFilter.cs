namespace Sallyport.Server.Insights.Lists;

/// <summary>Which findings a list shows; null is any.</summary>
internal sealed record FindingFilter
{
    public string? Status { get; init; }

    public string? Severity { get; init; }

    public string? Detector { get; init; }

    public string? Owner { get; init; }

    public string? Repository { get; init; }

    public string? Workflow { get; init; }

    public string? Job { get; init; }

    /// <summary>Part of the title or of what it is about.</summary>
    public string? Search { get; init; }
}
