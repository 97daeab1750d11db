using Sallyport.Baseline;
using Sallyport.Protocol.Ingest;
using Sallyport.Protocol.Report;
using Sallyport.Server.Store;

namespace Sallyport.Server.Insights;

/// <summary>
/// What is new in a job: what no job of the same name and workflow in an earlier run reached or tried, as far as those were read. Jobs of
/// one run (a matrix, a second attempt) say nothing of each other. Asked again, the answer is the same: what the job itself put into the
/// lists does not count.
/// </summary>
internal sealed class JobNews(Database database)
{
    /// <summary>Destinations of one job that are compared, and entered into the lists, in their order; those beyond are neither.</summary>
    public const int MaximumDestinations = 2_000;

    private const string Earlier =
        """
        owner = @Owner AND repository = @Repository AND workflow = @Workflow AND job_name = @Name AND first_job < @Id
          AND NOT EXISTS (SELECT 1 FROM job WHERE job.id = destination.first_job AND job.run_id = @RunId)
        """;

    /// <summary>All that a job of a run that begins can be compared with.</summary>
    public async Task<BaselineAnswer> BaselineAsync(
        string owner, string repository, string workflow, string job, string run, CancellationToken cancellation)
    {
        var known = await database.ListAsync<DestinationKey>(
            $"""
            SELECT protocol, host, port FROM destination
            WHERE owner = @owner AND repository = @repository AND workflow = @workflow AND job_name = @job
              AND NOT EXISTS (SELECT 1 FROM job WHERE job.id = destination.first_job AND job.run_id = @run)
            ORDER BY protocol, host, port LIMIT {BaselineAnswer.MaximumDestinations + 1}
            """,
            new { owner, repository, workflow, job, run },
            cancellation);
        return known.Count switch
        {
            0 => new BaselineAnswer(null, "no earlier run of this job was read yet"),
            > BaselineAnswer.MaximumDestinations => new BaselineAnswer(null, "earlier runs of this job reached too many destinations"),
            _ => new BaselineAnswer([.. known.Select(key => key.ToString())], null),
        };
    }

    /// <summary>Marks each row of egress as new or known.</summary>
    public async Task<MarkedReport> MarkAsync(JobRow job, ReportDocument report, CancellationToken cancellation)
    {
        DestinationKey[] seen =
        [
            .. report.Connections.Where(SeenDestinations.IsEgress).Select(DestinationKey.Of).Distinct().Order().Take(MaximumDestinations),
        ];
        var place = new { job.Owner, job.Repository, job.Workflow, job.Name, job.Id, job.RunId, hosts = seen.Select(key => key.Host).Distinct().ToArray() };
        // In the first run of a job everything would be new: nothing is.
        if (await database.OneAsync<long>($"SELECT COUNT(*) FROM (SELECT 1 FROM destination WHERE {Earlier} LIMIT 1) AS earlier", place, cancellation) == 0)
        {
            return new MarkedReport(report, null);
        }

        var known = (await database.ListAsync<DestinationKey>(
            $"SELECT protocol, host, port FROM destination WHERE {Earlier} AND {database.Among("host", "hosts")}", place, cancellation)).ToHashSet();
        var news = seen.Where(key => !known.Contains(key)).ToHashSet();
        var compared = seen.ToHashSet();
        return new MarkedReport(
            NewDestinations.Mark(report, row => DestinationKey.Of(row) is var key && compared.Contains(key) ? !news.Contains(key) : null),
            news.Count);
    }
}
