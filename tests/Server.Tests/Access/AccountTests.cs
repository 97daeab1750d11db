using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Sallyport.Server.Access;
using Sallyport.Server.Store;
using Sallyport.Server.Tests.Ui;

namespace Sallyport.Server.Tests.Access;

public sealed class AccountTests(PostgresCluster cluster)
{
    private static readonly Actor Tester = new("test", "127.0.0.1");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(StoreKinds.Databases), MemberType = typeof(StoreKinds))]
    public async Task A_link_signs_in_once(StoreKind kind)
    {
        await using var server = await TestServer.StartAsync(kind, cluster);
        var accounts = server.Services.GetRequiredService<Accounts>();
        Assert.False(await accounts.HasAdministratorAsync(Cancellation));
        var secret = await accounts.InviteAdministratorAsync(Actor.Console, Cancellation);
        Assert.Null(await accounts.AcceptAsync(secret + "x", Tester, Cancellation));
        var account = await accounts.AcceptAsync(secret, Tester, Cancellation);
        Assert.Equal(Accounts.Administrator, account!.Name);
        Assert.Null(await accounts.AcceptAsync(secret, Tester, Cancellation));
        Assert.True(await accounts.HasAdministratorAsync(Cancellation));
        var role = Assert.Single(await accounts.RolesAsync(account.Id, Cancellation));
        Assert.Equal((Viewer.Everywhere, nameof(Role.Administrator)), (role.Owner, role.Role));
    }

    [Theory]
    [MemberData(nameof(StoreKinds.Databases), MemberType = typeof(StoreKinds))]
    public async Task A_link_is_made_anew_while_nobody_has_signed_in_by_it(StoreKind kind)
    {
        await using var server = await TestServer.StartAsync(kind, cluster);
        var accounts = server.Services.GetRequiredService<Accounts>();
        var first = (await accounts.InviteAsync(Tester, "mona", "octo", Role.Viewer, Cancellation))!;
        // A role in another organisation is not given by a link.
        Assert.Null(await accounts.InviteAsync(Tester, "mona", "other", Role.Viewer, Cancellation));
        var second = (await accounts.InviteAsync(Tester, "mona", "Octo", Role.Operator, Cancellation))!;
        Assert.NotEqual(first, second);
        Assert.Null(await accounts.AcceptAsync(first, Tester, Cancellation));
        var account = (await accounts.AcceptAsync(second, Tester, Cancellation))!;
        var role = Assert.Single(await accounts.RolesAsync(account.Id, Cancellation));
        Assert.Equal(("octo", nameof(Role.Operator)), (role.Owner, role.Role));

        Assert.Null(await accounts.InviteAsync(Tester, "mona", "octo", Role.Administrator, Cancellation));
        Assert.Equal(role, Assert.Single(await accounts.RolesAsync(account.Id, Cancellation)));
    }

    [Theory]
    [MemberData(nameof(StoreKinds.Databases), MemberType = typeof(StoreKinds))]
    public async Task Who_is_disabled_is_signed_out_at_once_and_comes_back_with_the_same_roles(StoreKind kind)
    {
        await using var server = await TestServer.StartAsync(kind, cluster);
        var accounts = server.Services.GetRequiredService<Accounts>();
        using var administrator = await Visitor.AdministratorAsync(server);
        using var member = await Visitor.WithRoleAsync(server, "octo", Role.Operator);
        var row = Assert.Single(await accounts.MembersAsync("octo", Cancellation));
        var unused = (await accounts.InviteAsync(Tester, "mona", "octo", Role.Viewer, Cancellation))!;
        var invited = (await accounts.MembersAsync("octo", Cancellation)).Single(one => one.Name == "mona").Account;
        foreach (var account in new[] { row.Account, invited })
        {
            using var done = await administrator.PostAsync(
                "/settings/members?owner=octo", "/settings/members?handler=Disable", ("owner", "octo"), ("account", account), ("disabled", "true"));
            Assert.Equal(HttpStatusCode.OK, done.StatusCode);
            Assert.Contains("disabled", await done.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
        }

        using (var after = await member.SendAsync("/runs"))
        {
            Assert.Equal(HttpStatusCode.Redirect, after.StatusCode);
        }

        Assert.Null(await accounts.AcceptAsync(unused, Tester, Cancellation));
        var last = Assert.Single(await accounts.MembersAsync(Viewer.Everywhere, Cancellation)).Account;
        Assert.NotNull(await accounts.SetDisabledAsync(last, true, Tester, Cancellation));
        Assert.NotNull(await accounts.SetDisabledAsync("nobody", true, Tester, Cancellation));
        Assert.Equal(
            ["account.disabled", "account.disabled"],
            (await server.Services.GetRequiredService<Audit>().ListAsync(null, null, 50, Cancellation))
                .Select(entry => entry.Action).Where(action => action == "account.disabled"));

        Assert.Null(await accounts.SetDisabledAsync(row.Account, false, Tester, Cancellation));
        var role = Assert.Single(await accounts.RolesAsync(row.Account, Cancellation));
        Assert.Equal(("octo", nameof(Role.Operator)), (role.Owner, role.Role));
        // The session of before is not the account's any more.
        using var again = await member.SendAsync("/runs");
        Assert.Equal(HttpStatusCode.Redirect, again.StatusCode);
    }

    [Theory]
    [MemberData(nameof(StoreKinds.Databases), MemberType = typeof(StoreKinds))]
    public async Task A_password_signs_in_and_changing_it_ends_sessions(StoreKind kind)
    {
        await using var server = await TestServer.StartAsync(kind, cluster);
        var accounts = server.Services.GetRequiredService<Accounts>();
        var account = (await accounts.AcceptAsync(await accounts.InviteAdministratorAsync(Actor.Console, Cancellation), Tester, Cancellation))!;
        Assert.Null(await accounts.FindByPasswordAsync(account.Subject, "", Tester, Cancellation));
        Assert.Contains("15", await accounts.SetPasswordAsync(account, "short", Tester, Cancellation), StringComparison.Ordinal);
        Assert.Null(await accounts.SetPasswordAsync(account, "correct horse battery", Tester, Cancellation));
        Assert.NotEqual(account.Stamp, (await accounts.FindAsync(account.Id, Cancellation))!.Stamp);
        Assert.NotNull(await accounts.FindByPasswordAsync(account.Subject, "correct horse battery", Tester, Cancellation));
        Assert.Null(await accounts.FindByPasswordAsync(account.Subject, "correct horse batterx", Tester, Cancellation));
        Assert.Null(await accounts.FindByPasswordAsync("nobody", "correct horse battery", Tester, Cancellation));
    }

    [Theory]
    [MemberData(nameof(StoreKinds.Databases), MemberType = typeof(StoreKinds))]
    public async Task The_last_administrator_stays(StoreKind kind)
    {
        await using var server = await TestServer.StartAsync(kind, cluster);
        var accounts = server.Services.GetRequiredService<Accounts>();
        var first = (await accounts.AcceptAsync(await accounts.InviteAdministratorAsync(Actor.Console, Cancellation), Tester, Cancellation))!;
        Assert.NotNull(await accounts.ChangeRoleAsync(first.Id, Viewer.Everywhere, Role.None, Tester, Cancellation));
        Assert.NotNull(await accounts.ChangeRoleAsync(first.Id, Viewer.Everywhere, Role.Viewer, Tester, Cancellation));
        var second = (await accounts.AcceptAsync(
            (await accounts.InviteAsync(Tester, "second", Viewer.Everywhere, Role.Administrator, Cancellation))!, Tester, Cancellation))!;
        Assert.Null(await accounts.ChangeRoleAsync(first.Id, Viewer.Everywhere, Role.None, Tester, Cancellation));
        Assert.NotNull(await accounts.ChangeRoleAsync(second.Id, Viewer.Everywhere, Role.None, Tester, Cancellation));
    }

    [Theory]
    [MemberData(nameof(StoreKinds.Databases), MemberType = typeof(StoreKinds))]
    public async Task Every_change_is_in_the_audit(StoreKind kind)
    {
        await using var server = await TestServer.StartAsync(kind, cluster);
        var accounts = server.Services.GetRequiredService<Accounts>();
        var secret = (await accounts.InviteAsync(Tester, "mona", "octo", Role.Viewer, Cancellation))!;
        Assert.Null(await accounts.InviteAsync(Tester, "mona", "other", Role.Administrator, Cancellation));
        var account = (await accounts.AcceptAsync(secret, Tester, Cancellation))!;
        await accounts.ChangeRoleAsync(account.Id, "octo", Role.Operator, Tester, Cancellation);
        await accounts.SetPasswordAsync(account, "correct horse battery", Tester, Cancellation);
        await accounts.FindByPasswordAsync("mona", "wrong", Tester, Cancellation);
        var entries = await server.Services.GetRequiredService<Audit>().ListAsync(null, null, 100, Cancellation);
        Assert.Equal(
            [
                "account.link-made", "account.password-set", "account.sign-in-refused", "account.signed-in", "member.invited",
                "member.role-changed",
            ],
            entries.Select(entry => entry.Action).Order(StringComparer.Ordinal));
        Assert.Contains(entries, entry => entry.Detail is not null);
        Assert.DoesNotContain(entries, entry => entry.Detail?.Contains(secret, StringComparison.Ordinal) == true);
        Assert.Equal(
            ["member.role-changed", "member.invited"],
            (await server.Services.GetRequiredService<Audit>().ListAsync(["octo"], null, 100, Cancellation)).Select(entry => entry.Action));
    }

    [Theory]
    [MemberData(nameof(StoreKinds.Databases), MemberType = typeof(StoreKinds))]
    public async Task A_copy_of_the_database_gives_no_key_away(StoreKind kind)
    {
        await using var server = await TestServer.StartAsync(kind, cluster);
        var job = await server.RegisteredAsync(await server.KeyAsync("octo"), TestRecording.Job());
        var values = await server.Services.GetRequiredService<Database>().ListAsync<string>("SELECT value FROM server_key", null, Cancellation);
        var wrapped = values.Where(value => value.StartsWith('<')).ToList();
        Assert.NotEmpty(wrapped);
        Assert.NotEmpty(values.Except(wrapped));
        Assert.DoesNotContain(values, value => value.Contains("<value>", StringComparison.Ordinal));
        Assert.All(wrapped, value => Assert.Contains("masterKey", value, StringComparison.Ordinal));
        Assert.DoesNotContain(values, value => value.Contains(job.UploadToken, StringComparison.Ordinal));
        // Of a key that was used, and of a link, there is a digest.
        var key = await server.KeyAsync("octo");
        using (var used = await server.GetAsync("api/v1/policy?repository=octo/site", key))
        {
            Assert.Equal(HttpStatusCode.OK, used.StatusCode);
        }

        var link = await server.Services.GetRequiredService<Accounts>().InviteAdministratorAsync(Actor.Console, Cancellation);
        var text = await CopyAsync(server);
        Assert.All(new[] { key[(key.IndexOf('_', 4) + 1)..], link }, secret =>
        {
            Assert.Contains(Secrets.Digest(secret), text, StringComparison.Ordinal);
            Assert.DoesNotContain(secret, text, StringComparison.Ordinal);
        });
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(server.Settings.MasterKeyFile));
    }

    /// <summary>The file with what is deleted in it, or every row of every table.</summary>
    private static async Task<string> CopyAsync(TestServer server)
    {
        var copy = new System.Text.StringBuilder();
        foreach (var file in Directory.GetFiles(server.Settings.DataFolder, "sallyport.db*"))
        {
            await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var reader = new StreamReader(stream, System.Text.Encoding.Latin1);
            copy.Append(await reader.ReadToEndAsync(Cancellation));
        }

        var database = server.Services.GetRequiredService<Database>();
        if (database.Kind == DatabaseKind.PostgreSql)
        {
            copy.AppendJoin('\n', await database.ListAsync<string>(
                "SELECT CAST(query_to_xml(format('SELECT * FROM %I', tablename), true, true, '') AS text) FROM pg_tables WHERE schemaname = 'public'",
                null, Cancellation));
        }

        return copy.ToString();
    }
}
