using Sallyport.Server.Access;
using Sallyport.Server.Store;

namespace Sallyport.Server.Insights.Lists;

/// <summary>Jobs, refusals and new destinations by day; days without any are there too.</summary>
internal sealed class Trends(Database database, TimeProvider time)
{
    public const int Days = 30;

    private const long DayMs = 86_400_000;

    public async Task<List<DayRow>> ListAsync(Viewer viewer, CancellationToken cancellation)
    {
        var today = time.GetUtcNow().ToUnixTimeMilliseconds() / DayMs;
        var first = today - Days + 1;
        var where = Where.Of(viewer, database).With("since", JobTime.IdAt(first * DayMs)).And("id >= @since").With("dayMs", DayMs);
        var rows = await database.ListAsync<DayRow>(
            $"""
            SELECT registered_ms / @dayMs AS day, COUNT(*) AS jobs, CAST(COALESCE(SUM(refused), 0) AS BIGINT) AS refused,
                CAST(COALESCE(SUM(new_destinations), 0) AS BIGINT) AS new_destinations
            FROM job {where.Sql} GROUP BY 1 ORDER BY 1 LIMIT 40
            """,
            where.Parameters,
            cancellation);
        var found = rows.ToDictionary(row => row.Day);
        return [.. Enumerable.Range(0, Days).Select(i => found.GetValueOrDefault(first + i) ?? new DayRow { Day = first + i })];
    }

    /// <summary>Recordings of the last days that do not tell everything.</summary>
    public Task<long> CountNotWholeAsync(Viewer viewer, CancellationToken cancellation)
    {
        var since = (time.GetUtcNow() - TimeSpan.FromDays(Destinations.NewDays)).ToUnixTimeMilliseconds();
        var where = Where.Of(viewer, database).With("since", JobTime.IdAt(since)).And("id >= @since").And(Runs.NotWhole);
        return database.OneAsync<long>($"SELECT COUNT(*) FROM job {where.Sql}", where.Parameters, cancellation);
    }
}
