using Sallyport.Server.Configuration;
using Sallyport.Server.Ingest;
using Sallyport.Server.Store;
using Sallyport.Server.Work;

namespace Sallyport.Server.Retention;

/// <summary>
/// Jobs whose end was not said and that nobody has heard from: a machine that went away. They become lost, and what came of
/// them is folded. A segment that comes after all makes the job running again.
/// </summary>
internal sealed partial class SilentJobs(
    Database database, WorkQueue work, ServerSettings settings, TimeProvider time, ILogger<SilentJobs> log)
{
    /// <summary>Jobs of one sweep; the next takes the rest.</summary>
    private const int MaximumJobs = 1000;

    public async Task FindAsync(CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var before = now.AddMinutes(-settings.Limits.SilentMinutes).ToUnixTimeMilliseconds();
        var lost = await database.WriteAsync(
            async write =>
            {
                var ids = await write.ListAsync<string>(
                    """
                    SELECT id FROM job WHERE state IN ('waiting', 'running') AND last_heard_ms < @before
                    ORDER BY last_heard_ms LIMIT @MaximumJobs
                    """,
                    new { before, MaximumJobs });
                var count = 0;
                foreach (var id in ids.Order(StringComparer.Ordinal))
                {
                    // It may have said something since it was read.
                    if (await write.ExecuteAsync(
                        "UPDATE job SET state = @Lost WHERE id = @id AND state IN ('waiting', 'running') AND last_heard_ms < @before",
                        new { id, before, JobState.Lost }) == 1)
                    {
                        await work.AddAsync(write, WorkKind.Finish, id, now.ToUnixTimeMilliseconds());
                        count++;
                    }
                }

                return count;
            },
            cancellation);
        if (lost > 0)
        {
            LogLost(log, lost, settings.Limits.SilentMinutes);
            work.Wake();
        }
    }

    [LoggerMessage(30, LogLevel.Information, "{Count} jobs were not heard from for {Minutes} minutes and are lost")]
    private static partial void LogLost(ILogger log, int count, int minutes);
}
