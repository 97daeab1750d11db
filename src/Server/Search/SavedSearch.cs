namespace Sallyport.Server.Search;

/// <summary>A search that an organisation has kept under a name.</summary>
internal sealed record SavedSearch
{
    public required string Id { get; init; }

    public required string Owner { get; init; }

    public required string Name { get; init; }

    /// <summary>As in the address of a search: <c>what=hash&amp;value=…&amp;days=90</c>.</summary>
    public required string Query { get; init; }

    public required string Author { get; init; }

    public long CreatedMs { get; init; }
}
