using System.Text.Json;
using Sallyport.Server.Store;

namespace Sallyport.Server.Access;

/// <summary>What was changed, by whom, from where: written in the transaction of the change, so neither is without the other.</summary>
internal sealed class Audit(Database database, TimeProvider time)
{
    /// <summary>Characters of a detail.</summary>
    private const int MaximumDetail = 2_000;

    /// <summary>Writes an entry.</summary>
    /// <param name="write">Transaction of the change.</param>
    /// <param name="actor">Who and from where.</param>
    /// <param name="action">As in <c>api-key.created</c>.</param>
    /// <param name="owner">Organisation that it concerns; null for the server.</param>
    /// <param name="subject">Id or name of what was changed.</param>
    /// <param name="detail">Its values, no secrets; null for none.</param>
    public Task WriteAsync(WriteScope write, Actor actor, string action, string? owner, string? subject, object? detail = null)
    {
        var text = detail is null ? null : JsonSerializer.Serialize(detail);
        var now = time.GetUtcNow();
        return write.ExecuteAsync(
            """
            INSERT INTO audit (id, at_ms, actor, address, owner, action, subject, detail)
            VALUES (@id, @atMs, @Name, @Address, @owner, @action, @subject, @text)
            """,
            new
            {
                id = Secrets.NewId(now),
                atMs = now.ToUnixTimeMilliseconds(),
                actor.Name,
                actor.Address,
                owner,
                action,
                subject,
                text = text?[..Math.Min(text.Length, MaximumDetail)],
            });
    }

    /// <summary>Entries of the organisations named, or of all when null; the latest first.</summary>
    public Task<List<AuditRow>> ListAsync(string[]? owners, string? before, int limit, CancellationToken cancellation) =>
        database.ListAsync<AuditRow>(
            $"""
            SELECT * FROM audit WHERE (@before IS NULL OR id < @before) {(owners is null ? "" : $"AND {database.Among("owner", "owners")}")}
            ORDER BY id DESC LIMIT @limit
            """,
            new { owners, before, limit },
            cancellation);
}
