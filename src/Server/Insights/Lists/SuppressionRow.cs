namespace Sallyport.Server.Insights.Lists;

/// <summary>Findings of a kind that need nobody, where and until when. What is null is any.</summary>
internal sealed record SuppressionRow
{
    public string Id { get; init; } = "";

    public required string Owner { get; init; }

    public string? Repository { get; init; }

    public string? Workflow { get; init; }

    public string? JobName { get; init; }

    public required string Detector { get; init; }

    public string? Subject { get; init; }

    public required string Reason { get; init; }

    public string Author { get; init; } = "";

    public long CreatedMs { get; init; }

    public long? ExpiresMs { get; init; }

    public long? EndedMs { get; init; }

    public bool IsInForce(DateTimeOffset now) => EndedMs is null && !(ExpiresMs <= now.ToUnixTimeMilliseconds());
}
