namespace Sallyport.Server.Ingest;

/// <summary>Words of <c>job.state</c>.</summary>
internal static class JobState
{
    /// <summary>Registered, and no segment yet.</summary>
    public const string Waiting = "waiting";

    /// <summary>Segments are coming.</summary>
    public const string Running = "running";

    /// <summary>Its end was said.</summary>
    public const string Ended = "ended";

    /// <summary>Not heard from for too long; a later segment makes it running again.</summary>
    public const string Lost = "lost";
}
