using System.Collections.Immutable;
using Sallyport.Server.Access;
using Sallyport.Server.Store;

namespace Sallyport.Server.Insights.Lists;

/// <summary>All runs: a row for each job, the latest first.</summary>
internal sealed class Runs(Database database, TimeProvider time)
{
    /// <summary>A job that the list of those without protection shows.</summary>
    public const string Unprotected =
        $"{Lost} OR mode_asked = 'audit' OR {Degraded}";

    /// <summary>It was not heard from any more, or has ended and nothing of its recording came.</summary>
    internal const string Lost = "(state = 'lost' OR (state = 'ended' AND segments = 0))";

    /// <summary>Not all of what was asked was in force.</summary>
    internal const string Degraded = "(degraded IS NOT NULL OR mode_in_force = 'degraded')";

    /// <summary>A job whose recording does not tell everything.</summary>
    public const string NotWhole = "complete = 0 OR chain IN ('broken', 'truncated') OR COALESCE(undelivered, 0) > 0";

    private const string Counted = "EXISTS (SELECT 1 FROM counted c WHERE c.job = job.id";

    /// <summary>What a job may have that somebody looks for, with its condition.</summary>
    public static ImmutableSortedDictionary<string, string> Kinds { get; } = new Dictionary<string, string>
    {
        ["refused"] = "refused > 0",
        ["would-refuse"] = "would_refuse > 0",
        ["new"] = "new_destinations > 0",
        ["findings"] = "findings > 0",
        ["tampered"] = "tampered > 0",
        ["unprotected"] = Unprotected,
        ["degraded"] = Degraded,
        ["not-whole"] = NotWhole,
        ["broken"] = "chain = 'broken'",
    }.ToImmutableSortedDictionary(StringComparer.Ordinal);

    /// <summary>Ids order by time: the list goes on at the id of the last row.</summary>
    public async Task<PageOf<JobRow>> ListAsync(Viewer viewer, RunFilter filter, string? after, CancellationToken cancellation)
    {
        var where = Where.Of(viewer, database)
            .When(filter.Owner, "owner = @owner", "owner")
            .When(filter.Repository, "repository = @repository", "repository")
            .When(filter.Workflow, "workflow = @workflow", "workflow")
            .When(filter.Job, "name = @job", "job")
            .When(filter.Run, "run_id = @run", "run")
            .When(filter.Ref, "ref = @ref", "ref")
            .When(filter.Runner, "runner = @runner", "runner")
            .When(filter.State, "state = @state", "state")
            .When(after, "id < @after", "after")
            .With("limit", PageOf<JobRow>.Asked);
        if (filter.With is { } kind && Kinds.TryGetValue(kind, out var condition))
        {
            where.And(condition);
        }

        if (JobTime.Day(filter.Day) is var (from, before))
        {
            where.With("from", from).With("before", before).And("id >= @from AND id < @before");
        }

        if (filter.Days is { } days)
        {
            where.With("since", JobTime.LastDays(days, time)).And("id >= @since");
        }

        where.When(filter.Destination, $"{Counted} AND c.what = @destination)", "destination")
            .When(filter.RefusedDestination is { } refused ? JobCounts.RefusedPrefix + refused : null, $"{Counted} AND c.what = @refused)", "refused")
            .When(
                filter.Finding,
                $"""
                {Counted} AND c.what = (SELECT '{JobCounts.FindingPrefix}' || f.detector || ' ' || f.subject FROM finding f WHERE f.id = @finding
                    AND f.owner = job.owner AND f.repository = job.repository AND f.workflow = job.workflow AND f.job_name = job.name))
                """,
                "finding");
        var rows = await database.ListAsync<JobRow>(
            $"SELECT * FROM job {where.Sql} ORDER BY id DESC LIMIT @limit", where.Parameters, cancellation);
        return PageOf<JobRow>.From(rows, row => row.Id);
    }

    /// <summary>The latest job of the viewer's; null when there is none at all.</summary>
    public Task<string?> LatestAsync(Viewer viewer, CancellationToken cancellation)
    {
        var where = Where.Of(viewer, database);
        return database.OneAsync<string>($"SELECT id FROM job {where.Sql} ORDER BY id DESC LIMIT 1", where.Parameters, cancellation);
    }
}
