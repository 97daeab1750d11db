namespace Sallyport.Server.Work;

/// <summary>How the queue stands.</summary>
internal sealed record WorkState
{
    /// <summary>Attempts after which a piece of work counts as failing.</summary>
    public const int Often = 5;

    /// <summary>Pieces that are due and that nobody has claimed.</summary>
    public long Due { get; init; }

    /// <summary>Since when the oldest of them is, in milliseconds since 1970; null when there are none.</summary>
    public long? OldestDueMs { get; init; }

    /// <summary>Pieces that failed <see cref="Often"/> times or more; each is tried again within the hour.</summary>
    public long Failing { get; init; }
}
