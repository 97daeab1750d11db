using Sallyport.Server.Store;

namespace Sallyport.Server.Ingest;

/// <summary>
/// Jobs in which nothing happens have nothing to send: their agents send the last segment again, every few minutes, and are heard by that.
/// One that was taken for lost goes on.
/// </summary>
internal sealed class LiveJobs(Database database)
{
    // So often at most it is written: what is sent again after a failure costs no write.
    private const long OftenMs = 60_000;

    // What is alive is not removed: not for ever by saying so alone. A job of a runner takes five days at most.
    private const long LongestMs = 7L * 24 * 3_600_000;

    /// <summary>A segment came that is there already.</summary>
    public async Task HeardAsync(SegmentRow again, CancellationToken cancellation)
    {
        const string Silent = "id = @Job AND state <> @Ended AND last_heard_ms < @before AND registered_ms > @since";
        var values = new
        {
            again.Job, JobState.Ended, JobState.Running, again.ReceivedMs, before = again.ReceivedMs - OftenMs, since = again.ReceivedMs - LongestMs,
        };
        if (await database.OneAsync<string>($"SELECT id FROM job WHERE {Silent}", values, cancellation) is not null)
        {
            await database.ExecuteAsync($"UPDATE job SET state = @Running, last_heard_ms = @ReceivedMs WHERE {Silent}", values, cancellation);
        }
    }
}
