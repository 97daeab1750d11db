using Sallyport.Server.Access;
using Sallyport.Server.Store;

namespace Sallyport.Server.Insights.Lists;

/// <summary>Organisations.</summary>
internal sealed class Owners(Database database)
{
    private const int Most = 500;

    /// <summary>Those that somebody administers; who administers all of them also has <see cref="Viewer.Everywhere"/>, last.</summary>
    public async Task<IReadOnlyList<string>> AdministeredAsync(Viewer viewer, CancellationToken cancellation)
    {
        if (!viewer.May(Viewer.Everywhere, Role.Administrator))
        {
            return [.. viewer.Roles.Where(pair => pair.Value == Role.Administrator).Select(pair => pair.Key).Order(StringComparer.Ordinal)];
        }

        var all = await database.ListAsync<string>(
            """
            SELECT name FROM (SELECT name FROM owner UNION SELECT owner FROM api_key UNION SELECT owner FROM membership) AS named
            WHERE name <> '*' ORDER BY name LIMIT @Most
            """,
            new { Most },
            cancellation);
        return [.. all, Viewer.Everywhere];
    }
}
