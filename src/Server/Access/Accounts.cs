using Microsoft.AspNetCore.Identity;
using Sallyport.Server.Store;

namespace Sallyport.Server.Access;

/// <summary>Accounts, their roles, and the ways in that the server keeps itself: one-time links and passwords.</summary>
internal sealed class Accounts(Database database, Audit audit, TimeProvider time)
{
    private const string KeepsOne = "The server must keep an administrator.";
    private const string NoSuch = "There is no such account.";

    /// <summary>How long a one-time link is good.</summary>
    public static readonly TimeSpan LinkTime = TimeSpan.FromHours(24);

    /// <summary>Characters of a password, at least (NIST SP 800-63B asks for 15 where it stands alone).</summary>
    public const int MinimumPassword = 15;

    public const int MaximumPassword = 256;

    /// <summary>Name of the account that the first link signs in.</summary>
    public const string Administrator = "administrator";

    private readonly PasswordHasher<AccountRow> hasher = new();

    public Task<AccountRow?> FindAsync(string id, CancellationToken cancellation) =>
        database.OneAsync<AccountRow>("SELECT * FROM account WHERE id = @id", new { id }, cancellation);

    public Task<List<MembershipRow>> RolesAsync(string account, CancellationToken cancellation) =>
        database.ListAsync<MembershipRow>("SELECT * FROM membership WHERE account = @account", new { account }, cancellation);

    /// <summary>Members of an organisation; of <see cref="Viewer.Everywhere"/>, those of the server.</summary>
    public Task<List<MembershipRow>> MembersAsync(string owner, CancellationToken cancellation) =>
        database.ListAsync<MembershipRow>(
            """
            SELECT m.account, a.name, a.issuer, m.owner, m.role, a.last_seen_ms, a.disabled_ms
            FROM membership m JOIN account a ON a.id = m.account WHERE m.owner = @owner ORDER BY a.name LIMIT 1000
            """,
            new { owner },
            cancellation);

    /// <summary>Accounts that have no role at all: who signed in by a provider for the first time, the latest first.</summary>
    public Task<List<MembershipRow>> WithoutRoleAsync(CancellationToken cancellation) =>
        database.ListAsync<MembershipRow>(
            """
            SELECT a.id AS account, a.name, a.issuer, '' AS owner, 'None' AS role, a.last_seen_ms, a.disabled_ms
            FROM account a WHERE NOT EXISTS (SELECT 1 FROM membership m WHERE m.account = a.id)
            ORDER BY COALESCE(a.last_seen_ms, 0) DESC LIMIT 200
            """,
            null,
            cancellation);

    /// <summary>Whether anybody has ever signed in who may do everything.</summary>
    public async Task<bool> HasAdministratorAsync(CancellationToken cancellation) =>
        await database.OneAsync<long>(
            """
            SELECT COUNT(*) FROM membership m JOIN account a ON a.id = m.account
            WHERE m.owner = '*' AND m.role = 'Administrator' AND a.disabled_ms IS NULL AND a.last_seen_ms IS NOT NULL
            """,
            null,
            cancellation) > 0;

    /// <summary>A one-time link's secret for the local administrator, who is made when there is none.</summary>
    public Task<string> InviteAdministratorAsync(Actor actor, CancellationToken cancellation) => database.WriteAsync(
        async write =>
        {
            var account = await EnsureAsync(write, AccountRow.LocalIssuer, Administrator, Administrator);
            await SetRoleAsync(write, account.Id, Viewer.Everywhere, Role.Administrator);
            return await InviteAsync(write, actor, account);
        },
        cancellation);

    /// <summary>
    /// Makes a local account with a role, and the secret of its first link. While it has not signed in, and has a role nowhere else, it is
    /// invited again: its role is the one of now, its link a new one, and the earlier link is of no use any more.
    /// </summary>
    /// <returns>Null when there is such an account: its role is changed, and not by a link.</returns>
    public Task<string?> InviteAsync(Actor actor, string name, string owner, Role role, CancellationToken cancellation) => database.WriteAsync(
        async write =>
        {
            if (await write.OneAsync<string>(
                """
                SELECT id FROM account a WHERE issuer = @LocalIssuer AND subject = @name AND (last_seen_ms IS NOT NULL OR disabled_ms IS NOT NULL
                    OR EXISTS (SELECT 1 FROM membership m WHERE m.account = a.id AND m.owner <> @owner))
                """,
                new { AccountRow.LocalIssuer, name, owner = owner.ToLowerInvariant() }) is not null)
            {
                return null;
            }

            var account = await EnsureAsync(write, AccountRow.LocalIssuer, name, name);
            await write.ExecuteAsync("DELETE FROM invitation WHERE account = @Id", new { account.Id });
            await SetRoleAsync(write, account.Id, owner, role);
            await audit.WriteAsync(write, actor, "member.invited", owner, name, new { role = role.ToString() });
            return (string?)await InviteAsync(write, actor, account);
        },
        cancellation);

    /// <summary>Uses a link.</summary>
    /// <returns>Null when it is none, was used, or is too old.</returns>
    public Task<AccountRow?> AcceptAsync(string secret, Actor actor, CancellationToken cancellation) => database.WriteAsync(
        async write =>
        {
            var nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
            var digest = Secrets.Digest(secret);
            var used = await write.ExecuteAsync(
                "UPDATE invitation SET used_ms = @nowMs WHERE digest = @digest AND used_ms IS NULL AND expires_ms > @nowMs", new { digest, nowMs });
            var account = used == 0 ? null : await write.OneAsync<AccountRow>(
                """
                SELECT a.* FROM account a JOIN invitation i ON i.account = a.id
                WHERE i.digest = @digest AND a.disabled_ms IS NULL
                """,
                new { digest });
            if (account is not null)
            {
                await SeenAsync(write, account);
                await audit.WriteAsync(write, actor with { Name = account.Name }, "account.signed-in", null, account.Id, new { by = "link" });
            }

            return account;
        },
        cancellation);

    /// <summary>Signs in by name and password.</summary>
    /// <returns>Null when they are wrong; it takes as long as when they are right.</returns>
    public async Task<AccountRow?> FindByPasswordAsync(string name, string password, Actor actor, CancellationToken cancellation)
    {
        var account = await database.OneAsync<AccountRow>(
            "SELECT * FROM account WHERE issuer = @LocalIssuer AND subject = @name AND disabled_ms IS NULL",
            new { AccountRow.LocalIssuer, name },
            cancellation);
        var hash = account?.PasswordHash ?? Unusable.Value;
        var result = password.Length <= MaximumPassword
            ? hasher.VerifyHashedPassword(account ?? Nobody, hash, password)
            : PasswordVerificationResult.Failed;
        var found = result != PasswordVerificationResult.Failed && account?.PasswordHash is not null ? account : null;
        await database.WriteAsync(
            async write =>
            {
                if (found is not null)
                {
                    await SeenAsync(write, found);
                }

                await audit.WriteAsync(
                    write, actor with { Name = account?.Name ?? "somebody" },
                    found is null ? "account.sign-in-refused" : "account.signed-in", null, account?.Id, new { by = "password" });
                return 0;
            },
            cancellation);
        return found;
    }

    /// <summary>Signs in by a provider; the account is made at the first time, without any role.</summary>
    /// <returns>Null when it is disabled.</returns>
    public Task<AccountRow?> FindByProviderAsync(string issuer, string subject, string name, Actor actor, CancellationToken cancellation) =>
        database.WriteAsync(
            async write =>
            {
                var account = await EnsureAsync(write, issuer, subject, name);
                var found = account.DisabledMs is null ? account : null;
                if (found is not null)
                {
                    await SeenAsync(write, found);
                }

                await audit.WriteAsync(
                    write, actor with { Name = account.Name }, found is null ? "account.sign-in-refused" : "account.signed-in", null, account.Id,
                    new { by = issuer });
                return found;
            },
            cancellation);

    /// <summary>Sets a password and ends all sessions of the account.</summary>
    /// <returns>What is wrong with it; null when it is set.</returns>
    public async Task<string?> SetPasswordAsync(AccountRow account, string password, Actor actor, CancellationToken cancellation)
    {
        if (password.Length is < MinimumPassword or > MaximumPassword)
        {
            return $"A password has {MinimumPassword} to {MaximumPassword} characters; this has {password.Length}.";
        }

        if (account.Issuer != AccountRow.LocalIssuer)
        {
            return "This account signs in by its provider.";
        }

        await database.WriteAsync(
            async write =>
            {
                await write.ExecuteAsync(
                    "UPDATE account SET password_hash = @hash, stamp = @stamp WHERE id = @Id",
                    new { hash = hasher.HashPassword(account, password), stamp = Secrets.New(), account.Id });
                await audit.WriteAsync(write, actor, "account.password-set", null, account.Id);
                return 0;
            },
            cancellation);
        return null;
    }

    /// <summary>Ends all sessions of the account.</summary>
    public Task EndSessionsAsync(string account, Actor actor, CancellationToken cancellation) => database.WriteAsync(
        async write =>
        {
            await write.ExecuteAsync("UPDATE account SET stamp = @stamp WHERE id = @account", new { account, stamp = Secrets.New() });
            await audit.WriteAsync(write, actor, "account.signed-out", null, account);
            return true;
        },
        cancellation);

    /// <summary>Gives, changes or takes (<see cref="Role.None"/>) a role. The last administrator of the server stays.</summary>
    /// <returns>What hinders it; null when it is done.</returns>
    public Task<string?> ChangeRoleAsync(string account, string owner, Role role, Actor actor, CancellationToken cancellation) =>
        database.WriteAsync(
            async write =>
            {
                if (owner == Viewer.Everywhere && role != Role.Administrator && await IsLastAdministratorAsync(write, account))
                {
                    return KeepsOne;
                }

                if (await write.OneAsync<string>("SELECT id FROM account WHERE id = @account", new { account }) is null)
                {
                    return NoSuch;
                }

                await SetRoleAsync(write, account, owner, role);
                await audit.WriteAsync(write, actor, "member.role-changed", owner, account, new { role = role.ToString() });
                return null;
            },
            cancellation);

    /// <summary>
    /// Disables an account: its sessions end, and links that it was given are of no use any more; or enables it again. Its roles stay with it,
    /// as does what it wrote. The last administrator of the server stays.
    /// </summary>
    /// <returns>What hinders it; null when it is done.</returns>
    public Task<string?> SetDisabledAsync(string account, bool isDisabled, Actor actor, CancellationToken cancellation) => database.WriteAsync(
        async write =>
        {
            if (isDisabled && await IsLastAdministratorAsync(write, account))
            {
                return KeepsOne;
            }

            var disabledMs = isDisabled ? time.GetUtcNow().ToUnixTimeMilliseconds() : (long?)null;
            if (await write.ExecuteAsync("UPDATE account SET disabled_ms = @disabledMs, stamp = @stamp WHERE id = @account", new { account, disabledMs, stamp = Secrets.New() }) == 0)
            {
                return NoSuch;
            }

            await write.ExecuteAsync("DELETE FROM invitation WHERE account = @account", new { account });
            await audit.WriteAsync(write, actor, isDisabled ? "account.disabled" : "account.enabled", null, account);
            return null;
        },
        cancellation);

    private static readonly AccountRow Nobody = new() { Id = "", Issuer = "", Subject = "", Name = "", Stamp = "" };

    // Verified against when there is no such account, so that the answer takes as long.
    private static readonly Lazy<string> Unusable = new(() => new PasswordHasher<AccountRow>().HashPassword(Nobody, Secrets.New()));

    // True as well when somebody else is asked about and there is none: who holds the console makes one first.
    private static async Task<bool> IsLastAdministratorAsync(WriteScope write, string account) => await write.OneAsync<long>(
        """
        SELECT COUNT(*) FROM membership m JOIN account a ON a.id = m.account
        WHERE m.owner = '*' AND m.role = 'Administrator' AND a.disabled_ms IS NULL AND m.account <> @account
        """,
        new { account }) == 0;

    private async Task<string> InviteAsync(WriteScope write, Actor actor, AccountRow account)
    {
        var secret = Secrets.New();
        await write.ExecuteAsync(
            "INSERT INTO invitation (digest, account, expires_ms) VALUES (@digest, @Id, @expires)",
            new { digest = Secrets.Digest(secret), account.Id, expires = (time.GetUtcNow() + LinkTime).ToUnixTimeMilliseconds() });
        await audit.WriteAsync(write, actor, "account.link-made", null, account.Id);
        return secret;
    }

    private async Task<AccountRow> EnsureAsync(WriteScope write, string issuer, string subject, string name)
    {
        var now = time.GetUtcNow();
        await write.ExecuteAsync(
            """
            INSERT INTO account (id, issuer, subject, name, stamp, created_ms) VALUES (@id, @issuer, @subject, @name, @stamp, @nowMs)
            ON CONFLICT (issuer, subject) DO UPDATE SET name = excluded.name
            """,
            new { id = Secrets.NewId(now), issuer, subject, name, stamp = Secrets.New(), nowMs = now.ToUnixTimeMilliseconds() });
        return (await write.OneAsync<AccountRow>(
            "SELECT * FROM account WHERE issuer = @issuer AND subject = @subject", new { issuer, subject }))!;
    }

    private Task<int> SeenAsync(WriteScope write, AccountRow account) => write.ExecuteAsync(
        "UPDATE account SET last_seen_ms = @nowMs WHERE id = @Id", new { account.Id, nowMs = time.GetUtcNow().ToUnixTimeMilliseconds() });

    private static Task<int> SetRoleAsync(WriteScope write, string account, string owner, Role role) => role == Role.None
        ? write.ExecuteAsync("DELETE FROM membership WHERE account = @account AND owner = @owner", new { account, owner })
        : write.ExecuteAsync(
            """
            INSERT INTO membership (account, owner, role) VALUES (@account, @owner, @role)
            ON CONFLICT (account, owner) DO UPDATE SET role = excluded.role
            """,
            new { account, owner = owner.ToLowerInvariant(), role = role.ToString() });
}
