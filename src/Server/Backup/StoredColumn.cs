namespace Sallyport.Server.Backup;

/// <summary>A column of a table, both by name.</summary>
internal sealed record StoredColumn
{
    public required string Table { get; init; }

    public required string Column { get; init; }
}
