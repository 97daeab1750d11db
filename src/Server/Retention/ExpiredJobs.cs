using Sallyport.Server.Access;
using Sallyport.Server.Configuration;
using Sallyport.Server.Insights;
using Sallyport.Server.Operations;
using Sallyport.Server.Store;
using Sallyport.Server.Work;

namespace Sallyport.Server.Retention;

/// <summary>
/// Removes jobs past their retention: by age, and the oldest where an organisation has more bytes than it may. Data first, then
/// rows: whoever is stopped between the two does it again. Lists of destinations and findings stay.
/// </summary>
internal sealed class ExpiredJobs(
    Database database, RetentionStore retention, PastRetention past, IEnumerable<IJobData> data, Audit audit, ServerSettings settings,
    ServerMetrics metrics, TimeProvider time)
{
    /// <summary>Jobs of one organisation in one sweep, for either reason; the next takes the rest.</summary>
    public const int MaximumJobs = 200;

    private static readonly Actor Server = new("retention", null);

    public async Task RemoveAsync(CancellationToken cancellation)
    {
        foreach (var owner in await retention.ListAsync(cancellation))
        {
            var bounds = RetentionBounds.Of(owner, settings.Limits);
            var old = await past.OldAsync(owner.Name, bounds, MaximumJobs, cancellation);
            await RemoveAsync(owner.Name, old, $"older than {bounds.Days} days", cancellation);
            var excess = await past.ExcessAsync(owner.Name, bounds, MaximumJobs, cancellation);
            await RemoveAsync(owner.Name, excess, $"more than {bounds.Bytes} bytes", cancellation);
        }
    }

    private async Task RemoveAsync(string owner, List<JobRow> past, string reason, CancellationToken cancellation)
    {
        var jobs = past.Count == 0 ? [] : await TakeAsync(past, cancellation);
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
                    // In the order of who sends and who ends: the job first.
                    await write.ExecuteAsync("DELETE FROM job WHERE id = @Id", new { job.Id });
                    await write.ExecuteAsync("DELETE FROM counted WHERE job = @Id", new { job.Id });
                    await write.ExecuteAsync("DELETE FROM segment WHERE job = @Id", new { job.Id });
                    await write.ExecuteAsync("DELETE FROM work WHERE kind = 'finish' AND subject = @Id", new { job.Id });
                }

                await audit.WriteAsync(
                    write, Server, "retention.removed", owner, null,
                    new { reason, jobs = jobs.Count, bytes = jobs.Sum(job => job.Bytes), first = jobs[0].Id, last = jobs[^1].Id });
                return true;
            },
            cancellation);
        metrics.Removed(jobs.Count);
    }

    // From here on nobody begins to fold them, and puts what nobody would find again. Who was quicker folds, and the next sweep removes.
    private Task<List<JobRow>> TakeAsync(List<JobRow> past, CancellationToken cancellation) => database.WriteAsync(
        async write =>
        {
            var nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
            var taken = new List<JobRow>();
            foreach (var job in past)
            {
                await write.ExecuteAsync(
                    "DELETE FROM work WHERE kind = @Finish AND subject = @Id AND (claimed_until_ms IS NULL OR claimed_until_ms < @nowMs)",
                    new { WorkKind.Finish, job.Id, nowMs });
                if (await write.OneAsync<string>(
                    "SELECT id FROM work WHERE kind = @Finish AND subject = @Id", new { WorkKind.Finish, job.Id }) is null)
                {
                    taken.Add(job);
                }
            }

            return taken;
        },
        cancellation);
}
