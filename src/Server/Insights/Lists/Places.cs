using Sallyport.Server.Access;
using Sallyport.Server.Store;

namespace Sallyport.Server.Insights.Lists;

/// <summary>All repositories, and all jobs of their workflows, with what the last <see cref="Days"/> days brought.</summary>
internal sealed class Places(Database database, Destinations destinations, TimeProvider time)
{
    public const int Days = 30;

    private const string Sums =
        $"""
        COUNT(*) AS jobs, MAX(id) AS last_id, MAX(registered_ms) AS last_ms,
        SUM(CASE WHEN refused > 0 THEN 1 ELSE 0 END) AS refused,
        SUM(CASE WHEN {Runs.Unprotected} THEN 1 ELSE 0 END) AS unprotected,
        SUM(CASE WHEN {Runs.NotWhole} THEN 1 ELSE 0 END) AS not_whole
        """;

    /// <summary>By name; the key is <c>owner/repository</c>.</summary>
    public async Task<PageOf<PlaceRow>> RepositoriesAsync(Viewer viewer, string? search, string? after, CancellationToken cancellation)
    {
        var where = Recent(viewer).Contains(search, "owner || '/' || repository", "search");
        if (after?.Split('/', 2) is [var owner, var repository])
        {
            where.With("afterOwner", owner).With("afterRepository", repository)
                .And("owner > @afterOwner OR (owner = @afterOwner AND repository > @afterRepository)");
        }

        var rows = await database.ListAsync<PlaceRow>(
            $"SELECT owner, repository, {Sums} FROM job {where.Sql} GROUP BY owner, repository ORDER BY owner, repository LIMIT @limit",
            where.Parameters,
            cancellation);
        var page = PageOf<PlaceRow>.From(rows, row => $"{row.Owner}/{row.Repository}");
        foreach (var row in page.Rows)
        {
            await CountAsync(viewer, row, new DestinationFilter { Owner = row.Owner, Repository = row.Repository }, "", cancellation);
        }

        return page;
    }

    /// <summary>By the id of their latest job, the latest first.</summary>
    public async Task<PageOf<PlaceRow>> WorkflowsAsync(
        Viewer viewer, string? owner, string? repository, string? search, string? after, CancellationToken cancellation)
    {
        var where = Recent(viewer)
            .When(owner, "owner = @owner", "owner")
            .When(repository, "repository = @repository", "repository")
            .Contains(search, "owner || '/' || repository || ' ' || workflow || ' ' || name", "search")
            .With("after", after);
        var rows = await database.ListAsync<PlaceRow>(
            $"""
            SELECT owner, repository, workflow, name, {Sums} FROM job {where.Sql} GROUP BY owner, repository, workflow, name
            {(after is null ? "" : "HAVING MAX(id) < @after")} ORDER BY MAX(id) DESC LIMIT @limit
            """,
            where.Parameters,
            cancellation);
        var page = PageOf<PlaceRow>.From(rows, row => row.LastId);
        foreach (var row in page.Rows)
        {
            var place = new DestinationFilter { Owner = row.Owner, Repository = row.Repository, Workflow = row.Workflow, Job = row.Name };
            await CountAsync(viewer, row, place, "AND workflow = @Workflow AND job_name = @Name", cancellation);
        }

        return page;
    }

    private Where Recent(Viewer viewer) => Where.Of(viewer, database)
        .With("since", JobTime.LastDays(Days, time))
        .And("id >= @since")
        .With("limit", PageOf<PlaceRow>.Asked);

    private async Task CountAsync(Viewer viewer, PlaceRow row, DestinationFilter filter, string more, CancellationToken cancellation)
    {
        var place = new { row.Owner, row.Repository, row.Workflow, row.Name, nowMs = time.GetUtcNow().ToUnixTimeMilliseconds() };
        row.OpenFindings = await database.OneAsync<long>(
            $"SELECT COUNT(*) FROM finding f WHERE owner = @Owner AND repository = @Repository {more} AND status = 'new' AND NOT {Suppressions.Applies}",
            place,
            cancellation);
        row.Destinations = await destinations.CountAsync(viewer, filter, cancellation);
        row.NewDestinations = await destinations.CountAsync(viewer, filter with { IsNew = true }, cancellation);
    }
}
