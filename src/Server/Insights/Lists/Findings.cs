using System.Globalization;
using Sallyport.Server.Access;
using Sallyport.Server.Store;

namespace Sallyport.Server.Insights.Lists;

/// <summary>All findings with their status, and what people do with them.</summary>
internal sealed class Findings(Database database, Audit audit, TimeProvider time)
{
    private const string Columns =
        $"""
        f.id, f.owner, f.repository, f.workflow, f.job_name, f.detector, f.subject, f.title, f.severity, f.action, f.evidence,
        f.first_ms, f.last_ms, f.first_job, f.last_job, f.jobs,
        CASE WHEN {Suppressions.Applies} THEN 'suppressed' ELSE f.status END AS status
        """;

    /// <summary>The one seen last first; the key is its last time and id.</summary>
    public async Task<PageOf<FindingRow>> ListAsync(Viewer viewer, FindingFilter filter, string? after, CancellationToken cancellation)
    {
        var where = Filtered(viewer, filter).With("limit", PageOf<FindingRow>.Asked);
        if (after?.Split(' ', 2) is [var ms, var id] && long.TryParse(ms, CultureInfo.InvariantCulture, out var afterMs))
        {
            where.With("afterMs", afterMs).With("afterId", id).And("f.last_ms < @afterMs OR (f.last_ms = @afterMs AND f.id < @afterId)");
        }

        var rows = await database.ListAsync<FindingRow>(
            $"SELECT {Columns} FROM finding f {where.Sql} ORDER BY f.last_ms DESC, f.id DESC LIMIT @limit", where.Parameters, cancellation);
        return PageOf<FindingRow>.From(rows, row => string.Create(CultureInfo.InvariantCulture, $"{row.LastMs} {row.Id}"));
    }

    public Task<FindingRow?> FindAsync(Viewer viewer, string id, CancellationToken cancellation)
    {
        var where = Where.Of(viewer, database, "f.owner").With("id", id).With("nowMs", NowMs).And("f.id = @id");
        return database.OneAsync<FindingRow>($"SELECT {Columns} FROM finding f {where.Sql}", where.Parameters, cancellation);
    }

    /// <summary>Open ones by severity.</summary>
    public Task<List<CountRow>> CountOpenAsync(Viewer viewer, CancellationToken cancellation)
    {
        var where = Filtered(viewer, new FindingFilter { Status = FindingStatus.New });
        return database.ListAsync<CountRow>(
            $"""
            SELECT f.severity AS name, COUNT(*) AS count FROM finding f {where.Sql} GROUP BY f.severity
            ORDER BY CASE f.severity WHEN 'critical' THEN 0 WHEN 'high' THEN 1 WHEN 'medium' THEN 2 WHEN 'low' THEN 3 ELSE 4 END, 1
            """,
            where.Parameters,
            cancellation);
    }

    /// <summary>Says that somebody has seen it, or takes that back. The caller has checked the role.</summary>
    public Task MarkAsync(FindingRow finding, bool isAcknowledged, Actor actor, CancellationToken cancellation) => database.WriteAsync(
        async write =>
        {
            var status = isAcknowledged ? FindingStatus.Acknowledged : FindingStatus.New;
            if (await write.ExecuteAsync(
                "UPDATE finding SET status = @status WHERE id = @Id AND status <> @status", new { status, finding.Id }) == 1)
            {
                await audit.WriteAsync(
                    write, actor, isAcknowledged ? "finding.acknowledged" : "finding.reopened", finding.Owner, finding.Id,
                    new { finding.Detector, finding.Repository, finding.Subject });
            }

            return 0;
        },
        cancellation);

    private long NowMs => time.GetUtcNow().ToUnixTimeMilliseconds();

    private Where Filtered(Viewer viewer, FindingFilter filter)
    {
        var where = Where.Of(viewer, database, "f.owner")
            .When(filter.Severity, "f.severity = @severity", "severity")
            .When(filter.Detector, "f.detector = @detector", "detector")
            .When(filter.Owner, "f.owner = @owner", "owner")
            .When(filter.Repository, "f.repository = @repository", "repository")
            .When(filter.Workflow, "f.workflow = @workflow", "workflow")
            .When(filter.Job, "f.job_name = @job", "job")
            .Contains(filter.Search, "f.title || ' ' || f.subject || ' ' || f.detector", "search")
            .With("nowMs", NowMs);
        return filter.Status switch
        {
            null => where,
            FindingStatus.Suppressed => where.And(Suppressions.Applies),
            var status => where.And($"f.status = @status AND NOT {Suppressions.Applies}").With("status", status),
        };
    }
}
