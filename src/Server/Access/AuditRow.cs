namespace Sallyport.Server.Access;

/// <summary>One change.</summary>
internal sealed record AuditRow
{
    public required string Id { get; init; }

    public long AtMs { get; init; }

    public required string Actor { get; init; }

    public string? Address { get; init; }

    public string? Owner { get; init; }

    public required string Action { get; init; }

    public string? Subject { get; init; }

    public string? Detail { get; init; }
}
