using System.Text.Json;
using Sallyport.Server.Access;
using Sallyport.Server.Store;

namespace Sallyport.Server.Retention;

/// <summary>What organisations have of their own for retention; every change is in the audit, and can be taken back from there.</summary>
internal sealed class RetentionStore(Database database, Audit audit, TimeProvider time)
{
    /// <summary>In the audit.</summary>
    public const string Changed = "retention.changed";

    public Task<List<OwnerRetention>> ListAsync(CancellationToken cancellation) =>
        database.ListAsync<OwnerRetention>("SELECT name, retention_days, retention_bytes FROM owner", null, cancellation);

    /// <summary>Of one organisation; of one that has said nothing, all the server's.</summary>
    public async Task<OwnerRetention> FindAsync(string owner, CancellationToken cancellation) =>
        await database.ReadAsync(read => FindAsync(read, owner), cancellation);

    /// <summary>The last change; null when there was none.</summary>
    public async Task<RetentionChange?> LastChangeAsync(string owner, CancellationToken cancellation)
    {
        var entry = await database.OneAsync<AuditRow>(
            "SELECT * FROM audit WHERE owner = @owner AND action = @Changed ORDER BY id DESC LIMIT 1", new { owner, Changed }, cancellation);
        return entry?.Detail is null
            ? null
            : JsonSerializer.Deserialize<RetentionChange>(entry.Detail, JsonSerializerOptions.Web)! with { Actor = entry.Actor, AtMs = entry.AtMs };
    }

    /// <summary>Sets both; the same again changes nothing.</summary>
    /// <param name="days">0 for no bound; null for the server's.</param>
    /// <param name="bytes">0 for no bound; null for the server's.</param>
    public Task<bool> SetAsync(string owner, int? days, long? bytes, Actor actor, CancellationToken cancellation) => database.WriteAsync(
        async write =>
        {
            var before = await FindAsync(write, owner);
            if (before.RetentionDays == days && before.RetentionBytes == bytes)
            {
                return false;
            }

            await write.ExecuteAsync(
                """
                INSERT INTO owner (name, created_ms, retention_days, retention_bytes) VALUES (@owner, @nowMs, @days, @bytes)
                ON CONFLICT (name) DO UPDATE SET retention_days = excluded.retention_days, retention_bytes = excluded.retention_bytes
                """,
                new { owner, nowMs = time.GetUtcNow().ToUnixTimeMilliseconds(), days, bytes });
            await audit.WriteAsync(
                write, actor, Changed, owner, null, new { days, bytes, daysBefore = before.RetentionDays, bytesBefore = before.RetentionBytes });
            return true;
        },
        cancellation);

    private static async Task<OwnerRetention> FindAsync(WriteScope scope, string owner) =>
        await scope.OneAsync<OwnerRetention>("SELECT name, retention_days, retention_bytes FROM owner WHERE name = @owner", new { owner })
        ?? new OwnerRetention { Name = owner };
}
