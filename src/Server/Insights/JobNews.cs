using System.Text.Json;
using Sallyport.Baseline;
using Sallyport.Protocol.Ingest;
using Sallyport.Protocol.Report;
using Sallyport.Server.Store;

namespace Sallyport.Server.Insights;

/// <summary>
/// What is new in a job: what no job of the same name and workflow in another, earlier run reached or tried within <see cref="KnownFor"/>, as far as
/// those were read; runs of pull requests are compared and teach nothing. Jobs of one run (a matrix, a second attempt) say nothing of each
/// other. Asked again, the answer is the same: what the job itself put into the lists does not count.
/// </summary>
internal sealed class JobNews(Database database, TimeProvider time)
{
    /// <summary>What no run has taught again for so long is forgotten.</summary>
    public static readonly TimeSpan KnownFor = TimeSpan.FromDays(90);

    private const string Known =
        """
        owner = @Owner AND repository = @Repository AND workflow = @Workflow AND job_name = @Name
          AND taught_ms >= @sinceMs AND taught_job < @Id AND (taught_run <> @RunId OR taught_again < @Id)
        """;

    private static readonly BaselineAnswer TooMany = new(null, "earlier runs of this job reached too many destinations");

    /// <summary>Whether later runs know what the job reached: not by what a pull request can change.</summary>
    public static bool Teaches(JobRow job) => job.EventName?.StartsWith("pull_request", StringComparison.Ordinal) != true;

    /// <summary>All that a job of a run that begins can be compared with.</summary>
    public async Task<BaselineAnswer> BaselineAsync(
        string owner, string repository, string workflow, string job, string run, CancellationToken cancellation)
    {
        var known = await database.ListAsync<DestinationKey>(
            $"SELECT protocol, host, port FROM destination WHERE {Known} ORDER BY protocol, host, port LIMIT {BaselineAnswer.MaximumDestinations + 1}",
            new
            {
                Owner = owner,
                Repository = repository,
                Workflow = workflow,
                Name = job,
                RunId = run,
                Id = JobRow.AfterAll,
                sinceMs = SinceMs(time.GetUtcNow().ToUnixTimeMilliseconds()),
            },
            cancellation);
        if (known.Count is 0 or > BaselineAnswer.MaximumDestinations)
        {
            return known.Count > 0 ? TooMany : new BaselineAnswer(null, "no earlier run of this job was read yet; those of pull requests do not count");
        }

        var answer = new BaselineAnswer([.. known.Select(key => key.ToString())], null);
        return JsonSerializer.SerializeToUtf8Bytes(answer, IngestJson.Default.BaselineAnswer).Length > BaselineAnswer.MaximumBytes ? TooMany : answer;
    }

    /// <summary>Marks each row of egress as new or known.</summary>
    public async Task<MarkedReport> MarkAsync(JobRow job, ReportDocument report, CancellationToken cancellation)
    {
        DestinationKey[] seen =
        [
            .. report.Connections.Where(SeenDestinations.IsEgress).Select(DestinationKey.Of).Distinct().Order().Take(BaselineAnswer.MaximumOfJob),
        ];
        var place = new
        {
            job.Owner,
            job.Repository,
            job.Workflow,
            job.Name,
            job.Id,
            job.RunId,
            sinceMs = SinceMs(job.RegisteredMs),
            hosts = seen.Select(key => key.Host).Distinct().ToArray(),
        };
        // In the first run of a job everything would be new: nothing is.
        if (await database.OneAsync<long>($"SELECT COUNT(*) FROM (SELECT 1 FROM destination WHERE {Known} LIMIT 1) AS earlier", place, cancellation) == 0)
        {
            return new MarkedReport(report, null);
        }

        var known = (await database.ListAsync<DestinationKey>(
            $"SELECT protocol, host, port FROM destination WHERE {Known} AND {database.Among("host", "hosts")}", place, cancellation)).ToHashSet();
        var news = seen.Where(key => !known.Contains(key)).ToHashSet();
        var compared = seen.ToHashSet();
        return new MarkedReport(
            NewDestinations.Mark(report, row => DestinationKey.Of(row) is var key && compared.Contains(key) ? !news.Contains(key) : null),
            news.Count);
    }

    /// <summary>What was taught before is forgotten in a job of that time.</summary>
    public static long SinceMs(long ms) => ms - (long)KnownFor.TotalMilliseconds;
}
