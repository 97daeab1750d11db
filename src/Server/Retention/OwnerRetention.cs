namespace Sallyport.Server.Retention;

/// <summary>How long an organisation's jobs are kept, and how much of them.</summary>
internal sealed record OwnerRetention
{
    public required string Name { get; init; }

    /// <summary>Null for the server's usual; 0 for as long as there is room.</summary>
    public int? RetentionDays { get; init; }

    /// <summary>Null for the server's usual; 0 for no bound.</summary>
    public long? RetentionBytes { get; init; }
}
