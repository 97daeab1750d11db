using Sallyport.Server.Access;
using Sallyport.Server.Store;

namespace Sallyport.Server.Insights.Lists;

/// <summary>
/// Jobs whose latest run had no protection: watched only, on a machine that cannot do everything, or lost on the way. One
/// row for each job of a workflow, as it stands now; the latest first.
/// </summary>
internal sealed class Unprotected(Database database, TimeProvider time)
{
    public async Task<PageOf<JobRow>> ListAsync(
        Viewer viewer, string? search, string? why, string? after, CancellationToken cancellation)
    {
        var where = Latest(viewer).Contains(search, "owner || '/' || repository || ' ' || workflow || ' ' || name", "search");
        var outer = why switch
        {
            "lost" => "state = 'lost'",
            "audit" => "mode_asked = 'audit'",
            "degraded" => Runs.Degraded,
            _ => Runs.Unprotected,
        };
        where.With("after", after);
        var rows = await database.ListAsync<JobRow>(
            $"""
            SELECT * FROM ({Ranked(where)}) AS latest
            WHERE place_rank = 1 AND ({outer}) {(after is null ? "" : "AND id < @after")} ORDER BY id DESC LIMIT @limit
            """,
            where.Parameters,
            cancellation);
        return PageOf<JobRow>.From(rows, row => row.Id);
    }

    /// <summary>How many there are, by reason: lost, audit, degraded. A job has the first that applies.</summary>
    public Task<List<CountRow>> CountAsync(Viewer viewer, CancellationToken cancellation)
    {
        var where = Latest(viewer);
        return database.ListAsync<CountRow>(
            $"""
            SELECT CASE WHEN state = 'lost' THEN 'lost' WHEN mode_asked = 'audit' THEN 'audit' ELSE 'degraded' END AS name,
                COUNT(*) AS count
            FROM ({Ranked(where)}) AS latest WHERE place_rank = 1 AND ({Runs.Unprotected}) GROUP BY 1 ORDER BY 2 DESC
            """,
            where.Parameters,
            cancellation);
    }

    private static string Ranked(Where where) =>
        $"SELECT job.*, ROW_NUMBER() OVER (PARTITION BY owner, repository, workflow, name ORDER BY id DESC) AS place_rank FROM job {where.Sql}";

    private Where Latest(Viewer viewer) => Where.Of(viewer, database)
        .With("since", JobTime.DaysAgo(Places.Days, time))
        .And("id >= @since")
        // What has not been read yet says nothing; unless it will never be.
        .And("recorded IS NOT NULL OR state = 'lost'")
        .With("limit", PageOf<JobRow>.Asked);
}
