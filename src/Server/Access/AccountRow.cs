namespace Sallyport.Server.Access;

/// <summary>Somebody who may sign in.</summary>
internal sealed record AccountRow
{
    /// <summary>Issuer of accounts that the server keeps itself.</summary>
    public const string LocalIssuer = "local";

    public required string Id { get; init; }

    public required string Issuer { get; init; }

    public required string Subject { get; init; }

    public required string Name { get; init; }

    public string? PasswordHash { get; init; }

    /// <summary>Changes when sessions must end: password, disabling.</summary>
    public required string Stamp { get; init; }

    public long CreatedMs { get; init; }

    public long? LastSeenMs { get; init; }

    public long? DisabledMs { get; init; }
}
