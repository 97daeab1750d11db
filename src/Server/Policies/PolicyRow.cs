namespace Sallyport.Server.Policies;

/// <summary>A policy of an organisation, with its latest version.</summary>
internal sealed record PolicyRow
{
    public required string Id { get; init; }

    public required string Owner { get; init; }

    public required string Name { get; init; }

    public int Number { get; init; }

    public string Text { get; init; } = "";

    public string Author { get; init; } = "";

    public string? Comment { get; init; }

    public long CreatedMs { get; init; }
}
