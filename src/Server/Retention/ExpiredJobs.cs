using Sallyport.Server.Access;
using Sallyport.Server.Configuration;
using Sallyport.Server.Insights;
using Sallyport.Server.Operations;
using Sallyport.Server.Store;

namespace Sallyport.Server.Retention;

/// <summary>
/// Removes jobs past their retention: by age, and the oldest where an organisation has more bytes than it may. Data first, then
/// rows: whoever is stopped between the two does it again. Lists of destinations and findings stay; a job that runs, or is being
/// folded, stays too.
/// </summary>
internal sealed class ExpiredJobs(
    Database database, IEnumerable<IJobData> data, Audit audit, ServerSettings settings, ServerMetrics metrics, TimeProvider time)
{
    /// <summary>Jobs of one organisation in one sweep; the next takes the rest.</summary>
    public const int MaximumJobs = 200;

    private static readonly Actor Server = new("retention", null);

    public async Task RemoveAsync(CancellationToken cancellation)
    {
        var owners = await database.ListAsync<OwnerRetention>("SELECT name, retention_days, retention_bytes FROM owner", null, cancellation);
        foreach (var owner in owners)
        {
            await RemoveOldAsync(owner, cancellation);
            await RemoveExcessAsync(owner, cancellation);
        }
    }

    private async Task RemoveOldAsync(OwnerRetention owner, CancellationToken cancellation)
    {
        var days = owner.RetentionDays ?? settings.Limits.RetentionDays;
        if (days <= 0)
        {
            return;
        }

        var before = time.GetUtcNow().AddDays(-days).ToUnixTimeMilliseconds();
        var jobs = await database.ListAsync<JobRow>(
            """
            SELECT * FROM job WHERE owner = @Name AND registered_ms < @before AND state NOT IN ('waiting', 'running')
              AND NOT EXISTS (SELECT 1 FROM work WHERE kind = 'finish' AND subject = job.id AND claimed_until_ms >= @nowMs)
            ORDER BY registered_ms LIMIT @MaximumJobs
            """,
            new { owner.Name, before, nowMs = time.GetUtcNow().ToUnixTimeMilliseconds(), MaximumJobs },
            cancellation);
        await RemoveAsync(owner, jobs, $"older than {days} days", cancellation);
    }

    private async Task RemoveExcessAsync(OwnerRetention owner, CancellationToken cancellation)
    {
        var bound = owner.RetentionBytes ?? settings.Limits.RetentionBytes;
        if (bound <= 0)
        {
            return;
        }

        var excess = await database.OneAsync<long>(
            "SELECT CAST(COALESCE(SUM(bytes), 0) AS BIGINT) FROM job WHERE owner = @Name", new { owner.Name }, cancellation) - bound;
        if (excess <= 0)
        {
            return;
        }

        var jobs = await database.ListAsync<JobRow>(
            """
            SELECT * FROM job WHERE owner = @Name AND state NOT IN ('waiting', 'running')
              AND NOT EXISTS (SELECT 1 FROM work WHERE kind = 'finish' AND subject = job.id AND claimed_until_ms >= @nowMs)
            ORDER BY registered_ms, id LIMIT @MaximumJobs
            """,
            new { owner.Name, nowMs = time.GetUtcNow().ToUnixTimeMilliseconds(), MaximumJobs },
            cancellation);
        var chosen = new List<JobRow>();
        foreach (var job in jobs.TakeWhile(_ => excess > 0))
        {
            chosen.Add(job);
            excess -= job.Bytes;
        }

        await RemoveAsync(owner, chosen, $"more than {bound} bytes", cancellation);
    }

    private async Task RemoveAsync(OwnerRetention owner, List<JobRow> jobs, string reason, CancellationToken cancellation)
    {
        if (jobs.Count == 0)
        {
            return;
        }

        foreach (var job in jobs)
        {
            foreach (var keeper in data)
            {
                await keeper.RemoveAsync(job, cancellation);
            }
        }

        await database.WriteAsync(
            async write =>
            {
                foreach (var job in jobs)
                {
                    await write.ExecuteAsync("DELETE FROM counted WHERE job = @Id", new { job.Id });
                    await write.ExecuteAsync("DELETE FROM segment WHERE job = @Id", new { job.Id });
                    await write.ExecuteAsync("DELETE FROM work WHERE kind = 'finish' AND subject = @Id", new { job.Id });
                    await write.ExecuteAsync("DELETE FROM job WHERE id = @Id", new { job.Id });
                }

                await audit.WriteAsync(
                    write, Server, "retention.removed", owner.Name, null,
                    new { reason, jobs = jobs.Count, bytes = jobs.Sum(job => job.Bytes), first = jobs[0].Id, last = jobs[^1].Id });
                return true;
            },
            cancellation);
        metrics.Removed(jobs.Count);
    }
}
