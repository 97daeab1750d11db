using Sallyport.Server.Access;
using Sallyport.Server.Store;

namespace Sallyport.Server.Insights.Lists;

/// <summary>
/// What was suppressed, by whom, why and until when. It is looked at when findings are read: one that comes later is
/// suppressed too, and what has expired or was ended suppresses nothing from that moment on.
/// </summary>
internal sealed class Suppressions(Database database, Audit audit, TimeProvider time)
{
    public const int MaximumReason = 500;

    /// <summary>SQL: whether a row <c>f</c> of findings is suppressed at <c>@nowMs</c>.</summary>
    public const string Applies =
        """
        EXISTS (SELECT 1 FROM suppression s WHERE s.owner = f.owner AND s.detector = f.detector
            AND (s.subject IS NULL OR s.subject = f.subject) AND (s.repository IS NULL OR s.repository = f.repository)
            AND (s.workflow IS NULL OR s.workflow = f.workflow) AND (s.job_name IS NULL OR s.job_name = f.job_name)
            AND s.ended_ms IS NULL AND (s.expires_ms IS NULL OR s.expires_ms > @nowMs))
        """;

    /// <summary>All of them, the latest first; those that are in force alone, if asked.</summary>
    public async Task<PageOf<SuppressionRow>> ListAsync(Viewer viewer, bool inForce, string? after, CancellationToken cancellation)
    {
        var where = Where.Of(viewer, database)
            .When(after, "id < @after", "after").With("limit", PageOf<SuppressionRow>.Asked).With("nowMs", NowMs);
        if (inForce)
        {
            where.And("ended_ms IS NULL AND (expires_ms IS NULL OR expires_ms > @nowMs)");
        }

        var rows = await database.ListAsync<SuppressionRow>(
            $"SELECT * FROM suppression {where.Sql} ORDER BY id DESC LIMIT @limit", where.Parameters, cancellation);
        return PageOf<SuppressionRow>.From(rows, row => row.Id);
    }

    /// <summary>Those that apply to a finding now.</summary>
    public Task<List<SuppressionRow>> OfAsync(FindingRow finding, CancellationToken cancellation) =>
        database.ListAsync<SuppressionRow>(
            """
            SELECT * FROM suppression WHERE owner = @Owner AND detector = @Detector
                AND (subject IS NULL OR subject = @Subject) AND (repository IS NULL OR repository = @Repository)
                AND (workflow IS NULL OR workflow = @Workflow) AND (job_name IS NULL OR job_name = @JobName)
                AND ended_ms IS NULL AND (expires_ms IS NULL OR expires_ms > @nowMs) ORDER BY id DESC LIMIT 50
            """,
            new { finding.Owner, finding.Detector, finding.Subject, finding.Repository, finding.Workflow, finding.JobName, nowMs = NowMs },
            cancellation);

    public Task<SuppressionRow?> FindAsync(Viewer viewer, string id, CancellationToken cancellation)
    {
        var where = Where.Of(viewer, database).With("id", id).And("id = @id");
        return database.OneAsync<SuppressionRow>($"SELECT * FROM suppression {where.Sql}", where.Parameters, cancellation);
    }

    /// <summary>Suppresses. The caller has checked the role in the organisation.</summary>
    public Task AddAsync(SuppressionRow suppression, Actor actor, CancellationToken cancellation) => database.WriteAsync(
        async write =>
        {
            var row = suppression with { Id = Secrets.NewId(time.GetUtcNow()), Author = actor.Name, CreatedMs = NowMs };
            await write.ExecuteAsync(
                """
                INSERT INTO suppression (id, owner, repository, workflow, job_name, detector, subject, reason, author, created_ms, expires_ms)
                VALUES (@Id, @Owner, @Repository, @Workflow, @JobName, @Detector, @Subject, @Reason, @Author, @CreatedMs, @ExpiresMs)
                """,
                row);
            await audit.WriteAsync(write, actor, "finding.suppressed", row.Owner, row.Id, row);
            return 0;
        },
        cancellation);

    /// <summary>Ends a suppression. The caller has checked the role in the organisation.</summary>
    public Task EndAsync(SuppressionRow suppression, Actor actor, CancellationToken cancellation) => database.WriteAsync(
        async write =>
        {
            if (await write.ExecuteAsync(
                "UPDATE suppression SET ended_ms = @NowMs WHERE id = @Id AND ended_ms IS NULL", new { NowMs, suppression.Id }) == 1)
            {
                await audit.WriteAsync(write, actor, "finding.unsuppressed", suppression.Owner, suppression.Id, new { suppression.Detector });
            }

            return 0;
        },
        cancellation);

    private long NowMs => time.GetUtcNow().ToUnixTimeMilliseconds();
}
