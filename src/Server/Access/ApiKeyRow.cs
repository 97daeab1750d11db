namespace Sallyport.Server.Access;

internal sealed record ApiKeyRow
{
    /// <summary>What an agent's key may do: write recordings and read the policy of its jobs.</summary>
    public const string AgentScope = "agent";

    /// <summary>What a person's or a program's key may do: read through /api/v1.</summary>
    public const string ReadScope = "read";

    public required string Id { get; init; }

    public required string Owner { get; init; }

    public required string Name { get; init; }

    public string Digest { get; init; } = "";

    public required string Scope { get; init; }

    public long CreatedMs { get; init; }

    public required string CreatedBy { get; init; }

    public long? LastUsedMs { get; init; }

    public long? RevokedMs { get; init; }
}
