using Sallyport.Server.Access;
using Sallyport.Server.Store;

namespace Sallyport.Server.Insights.Lists;

/// <summary>Organisations that somebody may look into.</summary>
internal sealed class VisibleOwners(Database database)
{
    private const int Most = 500;

    public async Task<IReadOnlyList<string>> ListAsync(Viewer viewer, CancellationToken cancellation) => viewer.SeesAll
        ? await database.ListAsync<string>(
            """
            SELECT name FROM (SELECT name FROM owner UNION SELECT owner FROM api_key UNION SELECT owner FROM policy) AS named
            WHERE name <> '*' ORDER BY name LIMIT @Most
            """,
            new { Most },
            cancellation)
        : viewer.Owners;
}
