using Sallyport.Server.Access;
using Sallyport.Server.Store;

namespace Sallyport.Server.Insights.Lists;

/// <summary>
/// Runners and their agents: each as the latest job that was read says, for one that only just runs says nothing yet; the latest first.
/// </summary>
internal sealed class Runners(Database database, TimeProvider time)
{
    /// <summary>Days after which a runner that had no job is not listed any more.</summary>
    public const int Days = 30;

    public async Task<PageOf<JobRow>> ListAsync(
        Viewer viewer, string? search, string? environment, bool isDegraded, string? after, CancellationToken cancellation)
    {
        var where = Latest(viewer).Contains(search, "runner || ' ' || COALESCE(agent_version, '')", "search")
            .When(environment, "runner_environment = @environment", "environment")
            .With("after", after);
        var rows = await database.ListAsync<JobRow>(
            $"""
            SELECT * FROM ({Ranked(where)}) AS latest WHERE runner_rank = 1
            {(isDegraded ? $"AND ({Runs.Degraded})" : "")} {(after is null ? "" : "AND id < @after")} ORDER BY id DESC LIMIT @limit
            """,
            where.Parameters,
            cancellation);
        return PageOf<JobRow>.From(rows, row => row.Id);
    }

    public Task<long> CountDegradedAsync(Viewer viewer, CancellationToken cancellation)
    {
        var where = Latest(viewer);
        return database.OneAsync<long>(
            $"SELECT COUNT(*) FROM ({Ranked(where)}) AS latest WHERE runner_rank = 1 AND ({Runs.Degraded})", where.Parameters, cancellation);
    }

    private static string Ranked(Where where) =>
        $"""
        SELECT job.*, MAX(last_heard_ms) OVER (PARTITION BY owner, runner) AS runner_heard_ms,
            ROW_NUMBER() OVER (PARTITION BY owner, runner ORDER BY CASE WHEN recorded IS NULL THEN 1 ELSE 0 END, id DESC) AS runner_rank
        FROM job {where.Sql}
        """;

    private Where Latest(Viewer viewer) => Where.Of(viewer, database)
        .With("since", JobTime.LastDays(Days, time))
        .And("id >= @since AND runner <> ''")
        .With("limit", PageOf<JobRow>.Asked);
}
