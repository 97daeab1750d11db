using System.Text.Json;

namespace Sallyport.Server.Insights.Lists;

/// <summary>A finding of one kind about one thing in one job of a workflow.</summary>
internal sealed record FindingRow
{
    public required string Id { get; init; }

    public required string Owner { get; init; }

    public required string Repository { get; init; }

    public required string Workflow { get; init; }

    public required string JobName { get; init; }

    public required string Detector { get; init; }

    public required string Subject { get; init; }

    public required string Title { get; init; }

    public required string Severity { get; init; }

    public required string Action { get; init; }

    public required string Evidence { get; init; }

    /// <summary>As it stands now: one of <see cref="FindingStatus"/>.</summary>
    public required string Status { get; init; }

    public long FirstMs { get; init; }

    public long LastMs { get; init; }

    public required string FirstJob { get; init; }

    public required string LastJob { get; init; }

    public long Jobs { get; init; }

    public IEnumerable<KeyValuePair<string, string>> Facts() => JsonSerializer.Deserialize<Dictionary<string, string>>(Evidence) ?? [];
}
