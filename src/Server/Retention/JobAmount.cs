namespace Sallyport.Server.Retention;

/// <summary>How many jobs, and how much of them.</summary>
internal sealed record JobAmount
{
    public long Jobs { get; init; }

    /// <summary>Of their recordings, packed.</summary>
    public long Bytes { get; init; }

    /// <summary>When the oldest was registered, in milliseconds since 1970; null when there are none.</summary>
    public long? OldestMs { get; init; }

    /// <summary>Both together.</summary>
    public JobAmount Plus(JobAmount other) => new()
    {
        Jobs = Jobs + other.Jobs,
        Bytes = Bytes + other.Bytes,
        OldestMs = OldestMs is { } mine && other.OldestMs is { } theirs ? Math.Min(mine, theirs) : OldestMs ?? other.OldestMs,
    };
}
