using Sallyport.Server.Access;
using Sallyport.Server.Store;

namespace Sallyport.Server.Insights.Lists;

/// <summary>Jobs by day, and those that were refused something or had new destinations (docs/adr/0054); days without any are there too.</summary>
internal sealed class Trends(Database database, TimeProvider time)
{
    public const int Days = 30;

    public async Task<List<DayRow>> ListAsync(Viewer viewer, CancellationToken cancellation)
    {
        var first = JobTime.Today(time) - Days + 1;
        var where = Where.Of(viewer, database).With("since", JobTime.LastDays(Days, time)).And("id >= @since").With("dayMs", JobTime.DayMs);
        var rows = await database.ListAsync<DayRow>(
            $"""
            SELECT registered_ms / @dayMs AS day, COUNT(*) AS jobs, SUM(CASE WHEN refused > 0 THEN 1 ELSE 0 END) AS refused,
                SUM(CASE WHEN new_destinations > 0 THEN 1 ELSE 0 END) AS new
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
        var where = Where.Of(viewer, database)
            .With("since", JobTime.LastDays(Destinations.NewDays, time)).And("id >= @since").And(Runs.NotWhole);
        return database.OneAsync<long>($"SELECT COUNT(*) FROM job {where.Sql}", where.Parameters, cancellation);
    }
}
