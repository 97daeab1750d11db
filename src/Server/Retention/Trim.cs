using Sallyport.Server.Access;
using Sallyport.Server.Configuration;
using Sallyport.Server.Store;
using Sallyport.Server.Work;

namespace Sallyport.Server.Retention;

/// <summary>
/// Once an hour, on one replica: what the lists of an organisation have beyond <see cref="ServerLimits.ListRows"/> each, or that was last seen more than
/// <see cref="ServerLimits.ListDays"/> ago, is removed, and the audit says how much. Entries that are of no organisation are bounded so too.
/// </summary>
internal sealed class Trim(Database database, Audit audit, ServerSettings settings, TimeProvider time) : IWorkHandler
{
    /// <summary>Of one list in one transaction: others write between.</summary>
    private const int MaximumRows = 5_000;

    /// <summary>Between two transactions of one organisation.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private static readonly Actor Server = new("retention", null);

    public string Kind => WorkKind.Trim;

    public TimeSpan? Every => TimeSpan.FromHours(1);

    public async Task DoAsync(WorkItem item, CancellationToken cancellation)
    {
        var beforeMs = time.GetUtcNow().AddDays(-settings.Limits.ListDays).ToUnixTimeMilliseconds();
        var owners = new HashSet<string>(StringComparer.Ordinal);
        foreach (var list in new[] { BoundedList.Destinations, BoundedList.Findings, BoundedList.Audit })
        {
            owners.UnionWith(await database.ListAsync<string>(
                $"SELECT COALESCE(owner, '') FROM {list.Table} GROUP BY owner HAVING COUNT(*) > @ListRows OR MIN({list.Time}) < @beforeMs",
                new { settings.Limits.ListRows, beforeMs },
                cancellation));
        }

        foreach (var owner in owners)
        {
            // Lists of which nothing is left that goes first: it is not looked for in each batch.
            var without = new HashSet<BoundedList>();
            while (await database.WriteAsync(write => TrimAsync(write, owner.Length == 0 ? null : owner, beforeMs, without), cancellation))
            {
                await Task.Delay(Pause, cancellation);
            }
        }
    }

    // True when there may be more.
    private async Task<bool> TrimAsync(WriteScope write, string? owner, long beforeMs, HashSet<BoundedList> without)
    {
        var destinations = await RemoveAsync(write, BoundedList.Destinations, owner, beforeMs, without);
        var findings = await RemoveAsync(write, BoundedList.Findings, owner, beforeMs, without);
        // The entry that says so has room.
        var entries = await RemoveAsync(write, BoundedList.Audit, owner, beforeMs, without, destinations + findings > 0 ? 1 : 0);
        if (destinations + findings + entries == 0)
        {
            return false;
        }

        await audit.WriteAsync(write, Server, "retention.lists", owner, null, new { destinations, findings, entries });
        return Math.Max(Math.Max(destinations, findings), entries) >= MaximumRows;
    }

    private async Task<int> RemoveAsync(
        WriteScope write, BoundedList list, string? owner, long beforeMs, HashSet<BoundedList> without, int coming = 0)
    {
        var most = settings.Limits.ListRows;
        var isOwners = owner is null ? "owner IS NULL" : "owner = @owner";
        var count = await write.OneAsync<long>($"SELECT COUNT(*) FROM {list.Table} WHERE {isOwners}", new { owner });
        if (count == 0)
        {
            return 0;
        }

        var old = await RemoveAsync(write, list, $"{isOwners} AND {list.Time} < @beforeMs", new { owner, beforeMs, limit = MaximumRows });
        // Of the audit, what is removed is an entry again.
        var room = list == BoundedList.Audit && (old > 0 || count > most) ? 1 : coming;
        var beyond = (int)Math.Min(MaximumRows - old, count - old + room - most);
        if (beyond <= 0)
        {
            return old;
        }

        var first = without.Contains(list) ? 0 : await RemoveAsync(write, list, $"{isOwners} AND {list.First}", new { owner, limit = beyond });
        if (first == beyond)
        {
            return old + first;
        }

        without.Add(list);
        return old + first + await RemoveAsync(write, list, isOwners, new { owner, limit = beyond - first });
    }

    // The oldest, as an index has them. What somebody else writes just now is passed over, not waited for.
    private Task<int> RemoveAsync(WriteScope write, BoundedList list, string which, object values) => write.ExecuteAsync(
        $"""
        DELETE FROM {list.Table} WHERE ({list.Key}) IN (
            SELECT {list.Key} FROM {list.Table} WHERE {which} ORDER BY {list.Time} LIMIT @limit {(database.Kind == DatabaseKind.PostgreSql ? "FOR UPDATE SKIP LOCKED" : "")})
        """,
        values);
}
