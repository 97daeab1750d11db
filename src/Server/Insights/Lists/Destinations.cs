using System.Globalization;
using Sallyport.Server.Access;
using Sallyport.Server.Store;

namespace Sallyport.Server.Insights.Lists;

/// <summary>All destinations: by organisation, and where each was seen.</summary>
internal sealed class Destinations(Database database, TimeProvider time)
{
    /// <summary>Days for which a destination is new.</summary>
    public const int NewDays = 7;

    /// <summary>Places of one destination that are shown.</summary>
    public const int MaximumPlaces = 500;

    /// <summary>Places whose programs a row of the list names.</summary>
    private const int ProgramPlaces = 4;

    /// <summary>
    /// New to a job that had run before, as <see cref="JobNews"/> has it: in its first run, however many jobs of that name it has, everything
    /// would be. What only pull requests reached is new each time.
    /// </summary>
    private const string IsNew =
        """
        d.new_ms >= @since AND EXISTS (SELECT 1 FROM destination e WHERE e.owner = d.owner AND e.repository = d.repository
            AND e.workflow = d.workflow AND e.job_name = d.job_name AND e.taught_ms >= d.new_ms - @knownMs
            AND e.taught_job < COALESCE(d.taught_job, d.last_job)
            AND (e.taught_again < COALESCE(d.taught_job, d.last_job) OR NOT EXISTS (
                SELECT 1 FROM job WHERE job.id = COALESCE(d.taught_job, d.last_job) AND job.run_id = e.taught_run)))
        """;

    private const string OfJob =
        """
        EXISTS (SELECT 1 FROM job j JOIN counted c ON c.job = j.id WHERE j.id = @in AND j.owner = d.owner AND j.repository = d.repository
            AND j.workflow = d.workflow AND j.name = d.job_name AND c.what = d.protocol || '://' || d.host || ':' || d.port)
        """;

    /// <summary>The one seen last first; the key is its last time, host, port and protocol.</summary>
    public async Task<PageOf<DestinationRow>> ListAsync(
        Viewer viewer, DestinationFilter filter, string? after, CancellationToken cancellation)
    {
        var where = Filtered(viewer, filter);
        var key = Key.Read(after);
        where.With("keyMs", key?.LastMs).With("keyText", key?.Text).With("lines", "\n");
        var rows = await database.ListAsync<DestinationRow>(
            $"""
            SELECT owner, protocol, host, port, MIN(first_ms) AS first_ms, MAX(last_ms) AS last_ms, MIN(first_job) AS first_job,
                MAX(last_job) AS last_job, CAST(SUM(jobs) AS BIGINT) AS jobs, CAST(SUM(refused) AS BIGINT) AS refused,
                COUNT(*) AS places,
                string_agg(CASE WHEN place <= {ProgramPlaces} THEN programs END, @lines) AS programs
            FROM (SELECT d.*, ROW_NUMBER() OVER (PARTITION BY owner, protocol, host, port ORDER BY last_ms DESC) AS place
                FROM destination d {where.Sql}) AS seen
            GROUP BY owner, protocol, host, port
            {(key is null ? "" : $"HAVING MAX(last_ms) < @keyMs OR (MAX(last_ms) = @keyMs AND {KeyText} > @keyText)")}
            ORDER BY MAX(last_ms) DESC, {KeyText} LIMIT @limit
            """,
            where.Parameters,
            cancellation);
        return PageOf<DestinationRow>.From(rows, row => Key.Of(row).ToString());
    }

    /// <summary>Where one destination was seen: a row for each job of a workflow that fits, the latest first.</summary>
    public Task<List<DestinationRow>> PlacesAsync(
        Viewer viewer, DestinationFilter filter, string protocol, string host, int port, CancellationToken cancellation)
    {
        var where = Filtered(viewer, filter)
            .With("protocol", protocol).With("exactHost", host).With("port", port)
            .And("d.protocol = @protocol AND d.host = @exactHost AND d.port = @port");
        return database.ListAsync<DestinationRow>(
            $"SELECT d.*, 1 AS places FROM destination d {where.Sql} ORDER BY last_ms DESC LIMIT {MaximumPlaces}", where.Parameters, cancellation);
    }

    /// <summary>Repositories with new destinations, most first.</summary>
    public Task<List<CountRow>> NewByRepositoryAsync(Viewer viewer, int limit, CancellationToken cancellation)
    {
        var where = Filtered(viewer, new DestinationFilter { IsNew = true }).With("most", limit);
        return database.ListAsync<CountRow>(
            $"""
            SELECT owner, repository AS name, COUNT(*) AS count
            FROM (SELECT DISTINCT owner, repository, protocol, host, port FROM destination d {where.Sql}) AS seen
            GROUP BY owner, repository ORDER BY 3 DESC, 1, 2 LIMIT @most
            """,
            where.Parameters,
            cancellation);
    }

    /// <summary>How many rows the list has.</summary>
    public Task<long> CountAsync(Viewer viewer, DestinationFilter filter, CancellationToken cancellation)
    {
        var where = Filtered(viewer, filter);
        return database.OneAsync<long>(
            $"SELECT COUNT(*) FROM (SELECT DISTINCT owner, protocol, host, port FROM destination d {where.Sql}) AS seen", where.Parameters, cancellation);
    }

    private const string KeyText = "owner || ' ' || host || ' ' || port || ' ' || protocol";

    private Where Filtered(Viewer viewer, DestinationFilter filter)
    {
        var where = Where.Of(viewer, database, "d.owner")
            .When(filter.Owner, "d.owner = @owner", "owner")
            .When(filter.Repository, "d.repository = @repository", "repository")
            .When(filter.Workflow, "d.workflow = @workflow", "workflow")
            .When(filter.Job, "d.job_name = @job", "job")
            .Contains(filter.Host, "d.host", "host")
            .Contains(filter.Program, "d.programs", "program")
            .With("since", (time.GetUtcNow() - TimeSpan.FromDays(NewDays)).ToUnixTimeMilliseconds())
            .With("knownMs", (long)JobNews.KnownFor.TotalMilliseconds)
            .With("limit", PageOf<DestinationRow>.Asked);
        if (filter.IsNew)
        {
            where.And(IsNew);
        }

        where.When(filter.In, OfJob, "in");

        return filter.IsRefused ? where.And("d.refused > 0") : where;
    }

    private sealed record Key(long LastMs, string Text)
    {
        public static Key Of(DestinationRow row) => new(
            row.LastMs, string.Create(CultureInfo.InvariantCulture, $"{row.Owner} {row.Host} {row.Port} {row.Protocol}"));

        public static Key? Read(string? text) =>
            text?.Split(' ', 2) is [var ms, var rest] && long.TryParse(ms, CultureInfo.InvariantCulture, out var last) ? new(last, rest) : null;

        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{LastMs} {Text}");
    }
}
