namespace Sallyport.Server.Access;

/// <summary>Role of an account in an organisation.</summary>
internal sealed record MembershipRow
{
    public required string Account { get; init; }

    public string Name { get; init; } = "";

    public string Issuer { get; init; } = "";

    public required string Owner { get; init; }

    public required string Role { get; init; }

    public long? LastSeenMs { get; init; }

    public long? DisabledMs { get; init; }
}
