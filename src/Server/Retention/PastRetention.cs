using Sallyport.Server.Insights;
using Sallyport.Server.Store;

namespace Sallyport.Server.Retention;

/// <summary>
/// Which jobs of an organisation are past its retention: those that are too old, and the oldest of the others while there are more
/// bytes than there may be. A job that runs, or is being folded, is none of them, but its bytes count.
/// </summary>
internal sealed class PastRetention(Database database, TimeProvider time)
{
    private const string Removable =
        """
        owner = @owner AND state NOT IN ('waiting', 'running')
          AND NOT EXISTS (SELECT 1 FROM work WHERE kind = 'finish' AND subject = job.id AND claimed_until_ms >= @nowMs)
        """;

    private const string Amount =
        "COUNT(*) AS jobs, CAST(COALESCE(SUM(bytes), 0) AS BIGINT) AS bytes, MIN(registered_ms) AS oldest_ms";

    /// <summary>Those that are too old, the oldest first.</summary>
    public Task<List<JobRow>> OldAsync(string owner, RetentionBounds bounds, int limit, CancellationToken cancellation) =>
        database.ListAsync<JobRow>(
            $"SELECT * FROM job WHERE {Removable} AND registered_ms < @beforeMs ORDER BY registered_ms, id LIMIT @limit",
            new { owner, beforeMs = BeforeMs(bounds), nowMs = NowMs(), limit },
            cancellation);

    /// <summary>Those that are too much, the oldest first: with the last of them there is no excess any more.</summary>
    public async Task<List<JobRow>> ExcessAsync(string owner, RetentionBounds bounds, int limit, CancellationToken cancellation)
    {
        var excess = bounds.Bytes <= 0 ? 0 : (await KeptAsync(owner, cancellation)).Bytes - bounds.Bytes;
        if (excess <= 0)
        {
            return [];
        }

        var jobs = await database.ListAsync<JobRow>(
            $"SELECT * FROM job WHERE {Removable} ORDER BY registered_ms, id LIMIT @limit", new { owner, nowMs = NowMs(), limit }, cancellation);
        var chosen = new List<JobRow>();
        foreach (var job in jobs.TakeWhile(_ => excess > 0))
        {
            chosen.Add(job);
            excess -= job.Bytes;
        }

        return chosen;
    }

    /// <summary>All of them: what is gone when the sweep has come often enough.</summary>
    /// <param name="kept">All jobs of the organisation, as <see cref="KeptAsync"/> has them.</param>
    public async Task<JobAmount> CountAsync(string owner, RetentionBounds bounds, JobAmount kept, CancellationToken cancellation)
    {
        var (beforeMs, nowMs) = (BeforeMs(bounds), NowMs());
        var old = (await database.OneAsync<JobAmount>(
            $"SELECT {Amount} FROM job WHERE {Removable} AND registered_ms < @beforeMs", new { owner, beforeMs, nowMs }, cancellation))!;
        var excess = bounds.Bytes <= 0 ? 0 : kept.Bytes - old.Bytes - bounds.Bytes;
        return excess <= 0 ? old : old.Plus((await database.OneAsync<JobAmount>(
            $"""
            SELECT {Amount} FROM (
                SELECT bytes, registered_ms, SUM(bytes) OVER (ORDER BY registered_ms, id) - bytes AS older
                FROM job WHERE {Removable} AND registered_ms >= @beforeMs) AS others
            WHERE older < @excess
            """,
            new { owner, beforeMs, nowMs, excess },
            cancellation))!);
    }

    /// <summary>All jobs of an organisation, past their retention or not.</summary>
    public async Task<JobAmount> KeptAsync(string owner, CancellationToken cancellation) =>
        (await database.OneAsync<JobAmount>($"SELECT {Amount} FROM job WHERE owner = @owner", new { owner }, cancellation))!;

    private long NowMs() => time.GetUtcNow().ToUnixTimeMilliseconds();

    private long BeforeMs(RetentionBounds bounds) =>
        bounds.Days <= 0 ? long.MinValue : time.GetUtcNow().AddDays(-bounds.Days).ToUnixTimeMilliseconds();
}
