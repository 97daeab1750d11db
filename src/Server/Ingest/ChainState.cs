namespace Sallyport.Server.Ingest;

/// <summary>Words of <c>job.chain</c>.</summary>
internal static class ChainState
{
    /// <summary>Every segment that came fits; the end has not come, or segments are missing.</summary>
    public const string Open = "open";

    /// <summary>All segments are there, every seal fits, and the last event is the recording's end.</summary>
    public const string Intact = "intact";

    /// <summary>All that came fits, and something is missing.</summary>
    public const string Truncated = "truncated";

    /// <summary>A seal does not fit, or does not follow its neighbour.</summary>
    public const string Broken = "broken";
}
