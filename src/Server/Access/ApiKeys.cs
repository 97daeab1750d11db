using System.Collections.Concurrent;
using Sallyport.Server.Store;

namespace Sallyport.Server.Access;

/// <summary>
/// API keys of runner images: <c>spk_&lt;id&gt;_&lt;secret&gt;</c>, for one owner. The secret is shown once and kept as a
/// digest. A revoked key ends at once on this replica's next look, <see cref="Remembered"/> later at most.
/// </summary>
internal sealed class ApiKeys(Database database, Audit audit, TimeProvider time)
{
    /// <summary>How long a key is believed without asking the database again.</summary>
    public static readonly TimeSpan Remembered = TimeSpan.FromSeconds(5);

    /// <summary>Keys that are remembered; all are forgotten when there are more.</summary>
    private const int MaximumRemembered = 4096;

    private const string Prefix = "spk_";

    private readonly ConcurrentDictionary<string, (Caller? Caller, long UntilMs)> seen = new();

    /// <summary>Makes a key.</summary>
    /// <returns>Its id, and the only copy of the whole key.</returns>
    public async Task<(string Id, string Key)> CreateAsync(
        string owner, string name, string scope, Actor actor, CancellationToken cancellation)
    {
        var (id, secret, now) = (Secrets.NewId(time.GetUtcNow()), Secrets.New(), time.GetUtcNow().ToUnixTimeMilliseconds());
        await database.WriteAsync(
            async write =>
            {
                await audit.WriteAsync(write, actor, "api-key.created", owner, id, new { name, scope });
                return await write.ExecuteAsync(
                    """
                    INSERT INTO api_key (id, owner, name, digest, scope, created_ms, created_by)
                    VALUES (@id, @owner, @name, @digest, @scope, @now, @author)
                    """,
                    new { id, owner = owner.ToLowerInvariant(), name, digest = Secrets.Digest(secret), scope, now, author = actor.Name });
            },
            cancellation);
        return (id, $"{Prefix}{id}_{secret}");
    }

    public Task<List<ApiKeyRow>> ListAsync(string owner, CancellationToken cancellation) =>
        database.ListAsync<ApiKeyRow>(
            "SELECT id, owner, name, scope, created_ms, created_by, last_used_ms, revoked_ms FROM api_key WHERE owner = @owner ORDER BY created_ms DESC LIMIT 500",
            new { owner },
            cancellation);

    public Task<bool> RevokeAsync(string owner, string id, Actor actor, CancellationToken cancellation)
    {
        seen.Clear();
        return database.WriteAsync(
            async write =>
            {
                var revoked = await write.ExecuteAsync(
                    "UPDATE api_key SET revoked_ms = @now WHERE id = @id AND owner = @owner AND revoked_ms IS NULL",
                    new { id, owner, now = time.GetUtcNow().ToUnixTimeMilliseconds() }) == 1;
                if (revoked)
                {
                    await audit.WriteAsync(write, actor, "api-key.revoked", owner, id);
                }

                return revoked;
            },
            cancellation);
    }

    /// <summary>Whose key it is; null when it is none, or was revoked, or is for something else.</summary>
    public async Task<Caller?> FindAsync(string key, string scope, CancellationToken cancellation)
    {
        if (!key.StartsWith(Prefix, StringComparison.Ordinal) || key.IndexOf('_', Prefix.Length) is not (> 0 and var middle))
        {
            return null;
        }

        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var digest = Secrets.Digest(key[(middle + 1)..]);
        var id = key[Prefix.Length..middle];
        var known = $"{id} {scope} {digest}";
        if (seen.TryGetValue(known, out var found) && now < found.UntilMs)
        {
            return found.Caller;
        }

        var row = await database.OneAsync<ApiKeyRow>(
            "SELECT * FROM api_key WHERE id = @id AND scope = @scope AND revoked_ms IS NULL", new { id, scope }, cancellation);
        if (row is null || !Secrets.AreEqual(row.Digest, digest))
        {
            return null;
        }

        await database.ExecuteAsync("UPDATE api_key SET last_used_ms = @now WHERE id = @id", new { id, now }, cancellation);
        var caller = new Caller(row.Owner, $"key:{id}", null, null, null);
        if (seen.Count >= MaximumRemembered)
        {
            seen.Clear();
        }

        seen[known] = (caller, now + (long)Remembered.TotalMilliseconds);
        return caller;
    }
}
