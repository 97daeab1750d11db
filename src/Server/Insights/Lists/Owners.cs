using Sallyport.Server.Access;
using Sallyport.Server.Store;

namespace Sallyport.Server.Insights.Lists;

/// <summary>Organisations: those that have a job, a key, a policy, a deny list, an override or a member.</summary>
internal sealed class Owners(Database database)
{
    private const int Most = 500;

    private const string Named =
        """
        SELECT name FROM (SELECT name FROM owner UNION SELECT owner FROM api_key UNION SELECT owner FROM policy
            UNION SELECT owner FROM deny_list_version UNION SELECT owner FROM enforcement_override
            UNION SELECT owner FROM membership) AS named WHERE name <> '*'
        """;

    /// <summary>Those that somebody administers; who administers all of them also has <see cref="Viewer.Everywhere"/>, last.</summary>
    public async Task<IReadOnlyList<string>> AdministeredAsync(Viewer viewer, CancellationToken cancellation) =>
        viewer.May(Viewer.Everywhere, Role.Administrator)
            ? [.. await AllAsync(cancellation), Viewer.Everywhere]
            : [.. viewer.Roles.Where(pair => pair.Value == Role.Administrator).Select(pair => pair.Key).Order(StringComparer.Ordinal)];

    /// <summary>Those that somebody may look into.</summary>
    public async Task<IReadOnlyList<string>> VisibleAsync(Viewer viewer, CancellationToken cancellation) =>
        viewer.SeesAll ? await AllAsync(cancellation) : viewer.Owners;

    /// <summary>Whether there is one of that name.</summary>
    public async Task<bool> ExistsAsync(string owner, CancellationToken cancellation) =>
        await database.OneAsync<string>($"{Named} AND name = @owner", new { owner }, cancellation) is not null;

    private Task<List<string>> AllAsync(CancellationToken cancellation) =>
        database.ListAsync<string>($"{Named} ORDER BY name LIMIT @Most", new { Most }, cancellation);
}
