using System.Globalization;
using System.Text;
using Sallyport.Policy.Machine;
using Sallyport.Protocol.ServerOverrides;
using Sallyport.Protocol.Signing;
using Sallyport.Server.Access;
using Sallyport.Server.DenyLists;
using Sallyport.Server.Store;

namespace Sallyport.Server.Overrides;

/// <summary>
/// Overrides of enforcement: signed when an administrator asks for one and never after, kept as they were signed, given to agents until their
/// end or until somebody revokes them (ADR 0032). A row that is written into the database, or changed there, is given to nobody. Whoever can
/// write to it can take them away, and can make themselves an administrator and sign.
/// </summary>
internal sealed class OverrideStore(Database database, ServerKeys keys, Audit audit, TimeProvider time)
{
    /// <summary>Those that are listed.</summary>
    public const int Shown = 100;

    // With an owner's hash: a class of locks of its own (pg_advisory_xact_lock).
    private const int Lock = 0x5A11_0032;

    private const string Given = "FROM enforcement_override WHERE owner = @owner AND until_ms > @nowMs AND revoked_ms IS NULL";

    /// <summary>Those that have not ended first, then the latest; <see cref="Shown"/> at most.</summary>
    public Task<List<OverrideRow>> ListAsync(string owner, CancellationToken cancellation) => database.ListAsync<OverrideRow>(
        """
        SELECT * FROM enforcement_override WHERE owner = @owner
        ORDER BY CASE WHEN until_ms > @nowMs AND revoked_ms IS NULL THEN 0 ELSE 1 END, created_ms DESC, id DESC LIMIT @limit
        """,
        new { owner, nowMs = time.GetUtcNow().ToUnixTimeMilliseconds(), limit = Shown },
        cancellation);

    /// <summary>Signs one with this server's own key of the owner.</summary>
    /// <returns>The mistakes, and nothing signed; empty when it is in force.</returns>
    public async Task<IReadOnlyList<string>> SignAsync(OverrideAsked asked, Actor actor, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var glass = asked.ToSigned(Secrets.NewId(now), DatabaseText.Clean(actor.Name, OverrideLimits.NameCharacters), now);
        if (Mistakes(glass, asked.Owner, now) is { Count: > 0 } mistakes)
        {
            return mistakes;
        }

        var secret = await keys.SigningKeyAsync(asked.Owner, cancellation);
        return await WriteAsync(
            glass, OverrideSignature.Sign(glass, secret), PublicKeyText.Of(OwnerKey.PublicKeyOf(secret)), "override.signed", actor, cancellation);
    }

    /// <summary>Takes one that was signed elsewhere.</summary>
    /// <param name="publicKey">By which it is to be opened.</param>
    /// <returns>The mistakes, and nothing taken; empty when it is in force.</returns>
    public async Task<IReadOnlyList<string>> ImportAsync(string owner, byte[] bytes, string publicKey, Actor actor, CancellationToken cancellation)
    {
        if (!PublicKeyText.TryRead(publicKey, out var key))
        {
            return [$"'{publicKey}' is no key; accepted: {PublicKeyText.Accepted}"];
        }

        if (!OverrideSignature.TryRead(bytes, out var envelope, out var why) || !OverrideSignature.TryOpen(envelope, key, out var glass, out why))
        {
            return [$"the envelope cannot be opened: {why}"];
        }

        return Mistakes(glass, owner, time.GetUtcNow()) is { Count: > 0 } mistakes
            ? mistakes
            : await WriteAsync(glass, bytes, publicKey, "override.imported", actor, cancellation);
    }

    /// <summary>Ends one before its time: agents that ask are no longer given it.</summary>
    /// <returns>False when there is none of that id that has not ended.</returns>
    public Task<bool> RevokeAsync(string owner, string id, Actor actor, CancellationToken cancellation) => database.WriteAsync(
        async write =>
        {
            var nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
            var changed = await write.ExecuteAsync(
                """
                UPDATE enforcement_override SET revoked_ms = @nowMs, revoked_by = @by
                WHERE owner = @owner AND id = @id AND until_ms > @nowMs AND revoked_ms IS NULL
                """,
                new { owner, id, nowMs, by = actor.Name });
            if (changed > 0)
            {
                await audit.WriteAsync(write, actor, "override.revoked", owner, id);
            }

            return changed > 0;
        },
        cancellation);

    /// <summary>What there is for a job; what of it is not known is no more than what is for all.</summary>
    /// <param name="repository"><c>owner/name</c>.</param>
    public async Task<OverridesAnswer> GivenAsync(string owner, string? repository, string? run, string? runner, CancellationToken cancellation)
    {
        var rows = await database.ListAsync<OverrideRow>(
            $"SELECT * {Given} ORDER BY until_ms DESC LIMIT @limit",
            new { owner, nowMs = time.GetUtcNow().ToUnixTimeMilliseconds(), limit = Shown },
            cancellation);
        return new OverridesAnswer(
        [
            .. rows.Select(row => row.Open()).Where(opened => opened is { Said: var said }
                && (said.Repository is null || string.Equals(said.Repository, repository, StringComparison.OrdinalIgnoreCase))
                && (said.Run is null || said.Run == run) && (said.Runner is null || said.Runner == runner))
            .Select(opened => opened!.Value.Envelope)
            .Take(OverrideLimits.Together),
        ]);
    }

    private Task<IReadOnlyList<string>> WriteAsync(
        ServerOverride glass, byte[] envelope, string publicKey, string action, Actor actor, CancellationToken cancellation) =>
        database.WriteAsync<IReadOnlyList<string>>(
            async write =>
            {
                var nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
                var (id, owner) = (glass.Id, glass.Owner);
                if (database.Kind == DatabaseKind.PostgreSql)
                {
                    // Two replicas count one after the other; SQLite has one writer.
                    await write.ExecuteAsync("SELECT pg_advisory_xact_lock(@Lock, hashtext(@owner))", new { Lock, owner });
                }

                if (await write.OneAsync<long>($"SELECT COUNT(*) {Given}", new { owner, nowMs }) >= OverrideLimits.Together)
                {
                    return [$"an organisation has at most {OverrideLimits.Together} that have not ended: revoke one"];
                }

                if (await write.OneAsync<long>("SELECT COUNT(*) FROM enforcement_override WHERE id = @id", new { id }) > 0)
                {
                    return [$"override {id} is there already"];
                }

                await write.ExecuteAsync(
                    """
                    INSERT INTO enforcement_override (id, owner, envelope, public_key, until_ms, created_ms)
                    VALUES (@id, @owner, @text, @publicKey, @untilMs, @nowMs)
                    """,
                    new { id, owner, text = Encoding.UTF8.GetString(envelope), publicKey, untilMs = glass.Until * 1000, nowMs });
                await audit.WriteAsync(
                    write, actor, action, owner, id,
                    new { repository = glass.Repository, run = glass.Run, runner = glass.Runner, reason = glass.Reason, until = DateTimeOffset.FromUnixTimeSeconds(glass.Until), key = publicKey });
                return [];
            },
            cancellation);

    private static List<string> Mistakes(ServerOverride glass, string owner, DateTimeOffset now)
    {
        var mistakes = DenyListStore.OwnerMistakes(owner);
        if (glass.Owner != owner)
        {
            mistakes.Add($"it is of {glass.Owner}, not of {owner}");
        }
        else if (glass.Repository is { } repository && !repository.StartsWith($"{owner}/", StringComparison.OrdinalIgnoreCase))
        {
            mistakes.Add($"{repository} is no repository of {owner}");
        }

        if (DateTimeOffset.FromUnixTimeSeconds(glass.Until) <= now)
        {
            mistakes.Add("its end is over already");
        }
        else if (DateTimeOffset.FromUnixTimeSeconds(glass.From) > now + OverrideLimits.Ahead)
        {
            mistakes.Add($"it begins at {DateTimeOffset.FromUnixTimeSeconds(glass.From).ToString("u", CultureInfo.InvariantCulture)}: no machine takes it before");
        }
        else if (glass.Mistake() is { } mistake)
        {
            mistakes.Add(mistake);
        }

        return mistakes;
    }
}
