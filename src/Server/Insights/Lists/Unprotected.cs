using Sallyport.Server.Access;
using Sallyport.Server.Store;

namespace Sallyport.Server.Insights.Lists;

/// <summary>
/// Jobs whose latest run had no protection: watched only, on a machine that cannot do everything, or lost on the way. One
/// row for each job of a workflow, as it stands now; the latest first.
/// </summary>
internal sealed class Unprotected(Database database, TimeProvider time)
{
    private const string Audit = "mode_asked = 'audit'";

    public async Task<PageOf<JobRow>> ListAsync(
        Viewer viewer, string? search, string? why, string? after, CancellationToken cancellation)
    {
        var where = Latest(viewer).Contains(search, "owner || '/' || repository || ' ' || workflow || ' ' || name", "search");
        var outer = why switch
        {
            "lost" => Runs.Lost,
            "audit" => Audit,
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

    /// <summary>How many there are, and for each reason how many have it: a job may have several.</summary>
    public async Task<UnprotectedCounts> CountAsync(Viewer viewer, CancellationToken cancellation)
    {
        var where = Latest(viewer);
        string Having(string condition) => $"COALESCE(SUM(CASE WHEN {condition} THEN 1 ELSE 0 END), 0)";
        return (await database.OneAsync<UnprotectedCounts>(
            $"""
            SELECT COUNT(*) AS total, {Having(Runs.Lost)} AS lost, {Having(Audit)} AS audit, {Having(Runs.Degraded)} AS degraded
            FROM ({Ranked(where)}) AS latest WHERE place_rank = 1 AND ({Runs.Unprotected})
            """,
            where.Parameters,
            cancellation))!;
    }

    private static string Ranked(Where where) =>
        $"SELECT job.*, ROW_NUMBER() OVER (PARTITION BY owner, repository, workflow, name ORDER BY id DESC) AS place_rank FROM job {where.Sql}";

    private Where Latest(Viewer viewer) => Where.Of(viewer, database)
        .With("since", JobTime.LastDays(Places.Days, time))
        .And("id >= @since")
        // What has not been read yet says nothing; unless it will never be.
        .And($"recorded IS NOT NULL OR {Runs.Lost}")
        .With("limit", PageOf<JobRow>.Asked);
}
