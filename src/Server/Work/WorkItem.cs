namespace Sallyport.Server.Work;

/// <summary>A claimed piece of work.</summary>
internal sealed record WorkItem
{
    public required string Id { get; init; }

    public required string Kind { get; init; }

    public required string Subject { get; init; }

    public int Attempts { get; init; }

    /// <summary>This claim of it: a name that no other claim has.</summary>
    public required string ClaimedBy { get; init; }
}
