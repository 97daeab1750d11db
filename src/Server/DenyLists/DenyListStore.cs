using System.Collections.Immutable;
using System.Text;
using Sallyport.Policy.Machine;
using Sallyport.Protocol.DenyLists;
using Sallyport.Protocol.Signing;
using Sallyport.Server.Access;
using Sallyport.Server.Store;

namespace Sallyport.Server.DenyLists;

/// <summary>
/// Deny lists of owners: versions that are never changed, each signed when it is saved and never after (ADR 0026). A row that is
/// changed in the database is no longer a version. Whoever can write to it can take versions away, and can make themselves an administrator and sign.
/// </summary>
internal sealed class DenyListStore(Database database, ServerKeys keys, Audit audit, TimeProvider time)
{
    /// <summary>Versions that are listed: the signature of each is verified.</summary>
    public const int Shown = 100;

    private const string Newest = "SELECT * FROM deny_list_version WHERE owner = @owner ORDER BY number DESC LIMIT 1";

    /// <summary>The public key of this server's own key for an owner; the key is made when it is first asked for.</summary>
    public async Task<string> OwnKeyAsync(string owner, CancellationToken cancellation) =>
        PublicKeyText.Of(OwnerKey.PublicKeyOf(await keys.SigningKeyAsync(owner, cancellation)));

    /// <summary>The latest version; null when there is none.</summary>
    public Task<DenyListRow?> LatestAsync(string owner, CancellationToken cancellation) =>
        database.OneAsync<DenyListRow>(Newest, new { owner }, cancellation);

    /// <summary>Versions, the latest first, <see cref="Shown"/> at most.</summary>
    public async Task<IReadOnlyList<DenyListVersion>> VersionsAsync(string owner, CancellationToken cancellation)
    {
        var rows = await database.ListAsync<DenyListRow>(
            "SELECT * FROM deny_list_version WHERE owner = @owner ORDER BY number DESC LIMIT @limit", new { owner, limit = Shown + 1 }, cancellation);
        return DenyListVersion.Of(rows, Shown);
    }

    /// <summary>Signs a new version with this server's own key; the same entries again are the version that there is.</summary>
    /// <param name="atLeast">The least number: machines refuse one below what they have, as after the restore of a backup; 0 for the next.</param>
    /// <param name="anew">Also after one by another key, or one that is not as it was written.</param>
    /// <returns>The mistakes, and nothing saved; empty when it is saved.</returns>
    public async Task<IReadOnlyList<string>> SaveAsync(
        string owner, string text, string? comment, int atLeast, bool anew, Actor actor, CancellationToken cancellation)
    {
        var mistakes = OwnerMistakes(owner);
        var entries = DenyListText.Read(text, mistakes);
        if (mistakes.Count > 0)
        {
            return mistakes;
        }

        var privateKey = await keys.SigningKeyAsync(owner, cancellation);
        var publicKey = PublicKeyText.Of(OwnerKey.PublicKeyOf(privateKey));
        return await database.WriteAsync<IReadOnlyList<string>>(
            async write =>
            {
                var last = await write.OneAsync<DenyListRow>(Newest, new { owner });
                var opened = last?.Open();
                if (!anew && Hindrance(last, opened, publicKey, "a key that this server does not have") is { } hindrance)
                {
                    return [hindrance];
                }

                if (opened is not null && last!.PublicKey == publicKey && last.Number >= atLeast && opened.Entries.SequenceEqual(entries))
                {
                    return [];
                }

                var list = new DenyList(owner, Math.Max((last?.Number ?? 0) + 1, atLeast), time.GetUtcNow().ToUnixTimeSeconds(), entries);
                await WriteAsync(write, list, DenyListSignature.Sign(list, privateKey), publicKey, comment, "deny-list.saved", actor);
                return [];
            },
            cancellation);
    }

    /// <summary>Takes a version that was signed elsewhere.</summary>
    /// <param name="publicKey">By which it is to be opened.</param>
    /// <param name="anew">Also after one by another key, or one that is not as it was written.</param>
    /// <returns>The mistakes, and nothing taken; empty when it is.</returns>
    public async Task<IReadOnlyList<string>> ImportAsync(
        string owner, byte[] envelope, string publicKey, string? comment, bool anew, Actor actor, CancellationToken cancellation)
    {
        var mistakes = OwnerMistakes(owner);
        if (!PublicKeyText.TryRead(publicKey, out var key))
        {
            mistakes.Add($"'{publicKey}' is no key; accepted: {PublicKeyText.Accepted}");
        }
        else if (!DenyListSignature.TryOpen(envelope, key, out var list, out var why))
        {
            mistakes.Add($"the envelope cannot be opened: {why}");
        }
        else if (list.Owner != owner)
        {
            mistakes.Add($"it is of {list.Owner}, not of {owner}");
        }
        else
        {
            _ = DenyListText.Read(DenyListText.Of(list.Entries), mistakes);
            return mistakes.Count > 0 ? mistakes : await TakeAsync(list, envelope, publicKey, comment, anew, actor, cancellation);
        }

        return mistakes;
    }

    private Task<IReadOnlyList<string>> TakeAsync(
        DenyList list, byte[] envelope, string publicKey, string? comment, bool anew, Actor actor, CancellationToken cancellation) =>
        database.WriteAsync<IReadOnlyList<string>>(
            async write =>
            {
                var last = await write.OneAsync<DenyListRow>(Newest, new { owner = list.Owner });
                if (!anew && Hindrance(last, last?.Open(), publicKey, "another key than this one") is { } hindrance)
                {
                    return [hindrance];
                }

                if (last?.Number >= list.Version)
                {
                    return [$"it is version {list.Version}, and version {last.Number} is there: machines would refuse it"];
                }

                await WriteAsync(write, list, envelope, publicKey, comment, "deny-list.imported", actor);
                return [];
            },
            cancellation);

    private async Task WriteAsync(
        WriteScope write, DenyList list, byte[] envelope, string publicKey, string? said, string action, Actor actor)
    {
        var comment = DatabaseText.Comment(said);
        await write.ExecuteAsync(
            """
            INSERT INTO deny_list_version (owner, number, envelope, public_key, author, comment, created_ms)
            VALUES (@Owner, @Version, @text, @publicKey, @author, @comment, @nowMs)
            """,
            new
            {
                list.Owner,
                list.Version,
                text = Encoding.UTF8.GetString(envelope),
                publicKey,
                author = actor.Name,
                comment,
                nowMs = time.GetUtcNow().ToUnixTimeMilliseconds(),
            });
        await audit.WriteAsync(write, actor, action, list.Owner, "deny list", new { version = list.Version, entries = list.Entries.Length, key = publicKey, comment });
    }

    // Why no version of this key follows the last one unasked; null when it may.
    private static string? Hindrance(DenyListRow? last, DenyList? opened, string publicKey, string otherKey) => last switch
    {
        null => null,
        _ when opened is null => $"version {last.Number} is not as it was written: its signature is not valid",
        _ when last.PublicKey != publicKey => $"version {last.Number} is signed by {last.PublicKey}, {otherKey}",
        _ => null,
    };

    /// <summary>What an owner cannot be called; empty when nothing is wrong.</summary>
    public static List<string> OwnerMistakes(string owner) =>
        owner.Length is > 0 and <= DenyListLimits.OwnerCharacters && owner.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '_' or '.')
            ? []
            : [$"an owner has 1 to {DenyListLimits.OwnerCharacters} letters, digits, '-', '_' or '.'"];
}
