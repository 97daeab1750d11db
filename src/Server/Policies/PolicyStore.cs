using System.Security.Cryptography;
using System.Text;
using Sallyport.Policy.Reading;
using Sallyport.Protocol.Ingest;
using Sallyport.Server.Access;
using Sallyport.Server.Store;

namespace Sallyport.Server.Policies;

/// <summary>
/// Policies of organisations: versions that are never changed, and where each applies. The most specific policy holds; floors of
/// all scopes above hold with it.
/// </summary>
internal sealed class PolicyStore(Database database, Audit audit, TimeProvider time)
{
    /// <summary>Policies of one organisation.</summary>
    public const int MaximumPolicies = 1_000;

    private const string Latest =
        """
        SELECT p.id, p.owner, p.name, v.number, v.text, v.author, v.comment, v.created_ms
        FROM policy p JOIN policy_version v ON v.policy = p.id
        """;

    private const string NoNewer = "AND NOT EXISTS (SELECT 1 FROM policy_version w WHERE w.policy = p.id AND w.number > v.number)";

    public Task<List<PolicyRow>> ListAsync(string owner, CancellationToken cancellation) =>
        database.ListAsync<PolicyRow>($"{Latest} WHERE p.owner = @owner AND p.deleted_ms IS NULL {NoNewer} ORDER BY p.name", new { owner }, cancellation);

    /// <summary>The latest version, or the one of that number; null when there is none.</summary>
    public Task<PolicyRow?> FindAsync(string owner, string name, int? number, CancellationToken cancellation) =>
        database.OneAsync<PolicyRow>(
            $"{Latest} WHERE p.owner = @owner AND p.name = @name AND p.deleted_ms IS NULL {(number is null ? NoNewer : "AND v.number = @number")}",
            new { owner, name, number = number ?? 0 },
            cancellation);

    /// <summary>Versions of a policy, the latest first.</summary>
    public Task<List<PolicyRow>> VersionsAsync(string owner, string name, CancellationToken cancellation) =>
        database.ListAsync<PolicyRow>(
            $"{Latest} WHERE p.owner = @owner AND p.name = @name AND p.deleted_ms IS NULL ORDER BY v.number DESC LIMIT 500",
            new { owner, name },
            cancellation);

    /// <summary>Saves a new version; the same text again is the version that there is.</summary>
    /// <returns>The mistakes, and nothing saved; empty when it is saved.</returns>
    public async Task<IReadOnlyList<string>> SaveAsync(
        string owner, string name, string text, string? comment, Actor actor, CancellationToken cancellation)
    {
        if (name.Length is 0 or > 100 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.'))
        {
            return ["the name of a policy has 1 to 100 letters, digits, '-', '_' or '.'"];
        }

        comment = DatabaseText.Comment(comment);
        var normal = text.ReplaceLineEndings("\n");
        var reading = PolicyReader.Read(PolicySource.File(name, Encoding.UTF8.GetBytes(normal)));
        if (reading.Document is null)
        {
            return [.. reading.Mistakes.Select(mistake => mistake.ToString())];
        }

        return await database.WriteAsync<IReadOnlyList<string>>(
            async write =>
            {
                var now = time.GetUtcNow();
                var nowMs = now.ToUnixTimeMilliseconds();
                if (await write.OneAsync<long>("SELECT COUNT(*) FROM policy WHERE owner = @owner AND name <> @name", new { owner, name }) >= MaximumPolicies)
                {
                    return [$"an organisation has at most {MaximumPolicies} policies"];
                }

                await write.ExecuteAsync(
                    """
                    INSERT INTO policy (id, owner, name, is_floor, created_ms) VALUES (@id, @owner, @name, 0, @nowMs)
                    ON CONFLICT (owner, name) DO UPDATE SET deleted_ms = NULL
                    """,
                    new { id = Secrets.NewId(now), owner, name, nowMs });
                var id = await write.OneAsync<string>("SELECT id FROM policy WHERE owner = @owner AND name = @name", new { owner, name });
                var last = await write.OneAsync<PolicyRow>(
                    $"{Latest} WHERE p.id = @id {NoNewer}", new { id });
                if (last?.Text == normal)
                {
                    return [];
                }

                var number = (last?.Number ?? 0) + 1;
                await write.ExecuteAsync(
                    """
                    INSERT INTO policy_version (policy, number, text, digest, author, comment, created_ms)
                    VALUES (@id, @number, @normal, @digest, @author, @comment, @nowMs)
                    """,
                    new
                    {
                        id,
                        number,
                        normal,
                        digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(normal))),
                        author = actor.Name,
                        comment,
                        nowMs,
                    });
                await audit.WriteAsync(write, actor, "policy.saved", owner, name, new { version = number, comment });
                return [];
            },
            cancellation);
    }

    /// <summary>All places where policies of an organisation apply.</summary>
    public Task<List<BindingRow>> BindingsAsync(string owner, CancellationToken cancellation) =>
        database.ListAsync<BindingRow>(
            """
            SELECT b.owner, b.repository, b.workflow, b.job_name, b.is_floor, p.name AS policy
            FROM policy_binding b JOIN policy p ON p.id = b.policy
            WHERE b.owner = @owner AND p.deleted_ms IS NULL ORDER BY b.repository, b.workflow, b.job_name, b.is_floor DESC
            """,
            new { owner },
            cancellation);

    /// <summary>Attaches a policy to a place, in the stead of what is there.</summary>
    /// <returns>What hinders it; null when it is done.</returns>
    public Task<string?> AttachAsync(BindingRow place, Actor actor, CancellationToken cancellation) => database.WriteAsync(
        async write =>
        {
            if ((place.JobName.Length > 0 && place.Workflow.Length == 0) || (place.Workflow.Length > 0 && place.Repository.Length == 0))
            {
                return "A job is of a workflow, and a workflow of a repository: name those too.";
            }

            var id = await write.OneAsync<string>(
                "SELECT id FROM policy WHERE owner = @Owner AND name = @Policy AND deleted_ms IS NULL", place);
            if (id is null)
            {
                return $"There is no policy '{place.Policy}'.";
            }

            await write.ExecuteAsync(
                """
                INSERT INTO policy_binding (owner, repository, workflow, job_name, is_floor, policy)
                VALUES (@Owner, @Repository, @Workflow, @JobName, @IsFloor, @id)
                ON CONFLICT (owner, repository, workflow, job_name, is_floor) DO UPDATE SET policy = excluded.policy
                """,
                new { place.Owner, place.Repository, place.Workflow, place.JobName, place.IsFloor, id });
            await audit.WriteAsync(write, actor, "policy.attached", place.Owner, place.Policy, new { place.Scope, floor = place.IsFloor == 1 });
            return null;
        },
        cancellation);

    /// <summary>Takes what is attached to a place away.</summary>
    public Task<bool> DetachAsync(BindingRow place, Actor actor, CancellationToken cancellation) => database.WriteAsync(
        async write =>
        {
            var isGone = await write.ExecuteAsync(
                """
                DELETE FROM policy_binding WHERE owner = @Owner AND repository = @Repository AND workflow = @Workflow
                  AND job_name = @JobName AND is_floor = @IsFloor
                """,
                place) == 1;
            if (isGone)
            {
                await audit.WriteAsync(write, actor, "policy.detached", place.Owner, place.Policy, new { place.Scope, floor = place.IsFloor == 1 });
            }

            return isGone;
        },
        cancellation);

    /// <summary>What holds for a job: the most specific policy that is attached, or the named one, and every floor above.</summary>
    public async Task<PolicyAnswer> ResolveAsync(
        string owner, string repository, string workflow, string job, string? named, CancellationToken cancellation)
    {
        var held = HeldPolicies.Of(await BindingsAsync(owner, cancellation), repository, workflow, job);
        var name = named ?? held.Policy;
        var floors = new List<StoredPolicy>();
        foreach (var floor in held.Floors)
        {
            floors.Add((await StoredAsync(owner, floor, cancellation))!);
        }

        return new PolicyAnswer(name is null ? null : await StoredAsync(owner, name, cancellation), [.. floors]);
    }

    private async Task<StoredPolicy?> StoredAsync(string owner, string name, CancellationToken cancellation) =>
        await FindAsync(owner, name, null, cancellation) is { } row ? new StoredPolicy(row.Name, row.Number, row.Text) : null;
}
