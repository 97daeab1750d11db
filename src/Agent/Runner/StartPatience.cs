namespace Sallyport.Agent.Runner;

/// <summary>
/// What the start of a job waits for servers, with all its questions together: five seconds of the ten that the Action gives it, so that
/// one that swallows packets leaves time for the answers that are kept.
/// </summary>
internal sealed class StartPatience(TimeProvider clock)
{
    private const double Seconds = 5;

    private readonly long began = clock.GetTimestamp();

    /// <summary>Seconds for the next question, at least one and at most as many as these.</summary>
    internal int AtMost(int seconds) => (int)Math.Clamp(Seconds - clock.GetElapsedTime(began).TotalSeconds, 1, seconds);
}
