using Sallyport.Server.Access;
using Sallyport.Server.Store;

namespace Sallyport.Server.Search;

/// <summary>Searches that organisations keep.</summary>
internal sealed class SavedSearches(Database database, Audit audit, TimeProvider time)
{
    /// <summary>Of one organisation.</summary>
    public const int Maximum = 200;

    public const int MaximumName = 100;

    public Task<List<SavedSearch>> ListAsync(string owner, CancellationToken cancellation) => database.ListAsync<SavedSearch>(
        $"SELECT * FROM saved_search WHERE owner = @owner ORDER BY name, id LIMIT {Maximum}", new { owner }, cancellation);

    /// <returns>Null when there are <see cref="Maximum"/> already.</returns>
    public Task<SavedSearch?> AddAsync(string owner, string name, string query, Actor actor, CancellationToken cancellation) =>
        database.WriteAsync(
            async write =>
            {
                if (await write.OneAsync<long>("SELECT COUNT(*) FROM saved_search WHERE owner = @owner", new { owner }) >= Maximum)
                {
                    return null;
                }

                var now = time.GetUtcNow();
                var saved = new SavedSearch
                {
                    Id = Secrets.NewId(now),
                    Owner = owner,
                    Name = name,
                    Query = query,
                    Author = actor.Name,
                    CreatedMs = now.ToUnixTimeMilliseconds(),
                };
                await write.ExecuteAsync(
                    """
                    INSERT INTO saved_search (id, owner, name, query, author, created_ms)
                    VALUES (@Id, @Owner, @Name, @Query, @Author, @CreatedMs)
                    """,
                    saved);
                await audit.WriteAsync(write, actor, "search.saved", owner, saved.Id, new { name, query });
                return saved;
            },
            cancellation);

    public Task<bool> RemoveAsync(string owner, string id, Actor actor, CancellationToken cancellation) => database.WriteAsync(
        async write =>
        {
            var removed = await write.ExecuteAsync("DELETE FROM saved_search WHERE id = @id AND owner = @owner", new { id, owner }) == 1;
            if (removed)
            {
                await audit.WriteAsync(write, actor, "search.removed", owner, id);
            }

            return removed;
        },
        cancellation);
}
