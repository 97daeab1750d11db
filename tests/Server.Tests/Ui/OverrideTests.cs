using System.Net;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Sallyport.Policy.Machine;
using Sallyport.Protocol.ServerOverrides;
using Sallyport.Protocol.Signing;
using Sallyport.Server.Access;
using Sallyport.Server.Overrides;
using Sallyport.Server.Store;

namespace Sallyport.Server.Tests.Ui;

public sealed partial class OverrideTests(PostgresCluster cluster)
{
    private const string Page = "/policies/overrides?owner=octo";

    [Fact]
    public async Task Administrators_sign_and_revoke_and_others_see_who_did_and_why()
    {
        await using var server = await TestServer.StartAsync(StoreKind.Sqlite, cluster);
        await server.KeyAsync("octo");
        using var administrator = await Visitor.WithRoleAsync(server, "octo", Role.Administrator);
        foreach (var (reason, hours, mistake) in new[] { ("", "1", "the reason has"), ("why", "25", "1 to 24 hours"), ("why", "x", "1 to 24 hours"), ("why", "", "1 to 24 hours") })
        {
            using var refused = await SignAsync(administrator, reason, hours);
            Assert.Contains(mistake, await refused.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        }

        using var forged = await administrator.PostWithoutTokenAsync("/policies/overrides?handler=Sign", ("owner", "octo"), ("reason", "why"), ("hours", "1"));
        Assert.Equal(HttpStatusCode.BadRequest, forged.StatusCode);
        using var signed = await SignAsync(administrator, "<b>moved", "2");
        Assert.Equal(HttpStatusCode.Found, signed.StatusCode);
        var page = WebUtility.HtmlDecode(await administrator.PageAsync(Page));
        Assert.Matches(KeyLine(), page);
        Assert.Contains("1 in force", page, StringComparison.Ordinal);
        using var viewer = await Visitor.WithRoleAsync(server, "octo", Role.Viewer);
        var read = await viewer.PageAsync(Page);
        Assert.Contains("&lt;b&gt;moved", read, StringComparison.Ordinal);
        Assert.Contains("octo/site", read, StringComparison.Ordinal);
        Assert.Contains("Administrator of octo", read, StringComparison.Ordinal);
        Assert.DoesNotContain("ed25519", read, StringComparison.Ordinal);

        var row = Assert.Single(await server.Services.GetRequiredService<OverrideStore>().ListAsync("octo", TestContext.Current.CancellationToken));
        using var denied = await viewer.PostAsync("/settings", "/policies/overrides?handler=Revoke", ("owner", "octo"), ("id", row.Id));
        Assert.Equal(HttpStatusCode.Forbidden, denied.StatusCode);
        Assert.Contains("1 in force", await administrator.PageAsync(Page), StringComparison.Ordinal);
        using var revoked = await administrator.PostAsync(Page, "/policies/overrides?handler=Revoke", ("owner", "octo"), ("id", row.Id));
        var after = await administrator.PageAsync(Page);
        Assert.Contains("none in force", after, StringComparison.Ordinal);
        Assert.Contains("revoked 20", after, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_no_machine_takes_is_not_in_force_and_the_key_of_another_is_said()
    {
        await using var server = await TestServer.StartAsync(StoreKind.PostgreSql, cluster);
        await server.KeyAsync("octo");
        using var administrator = await Visitor.AdministratorAsync(server);
        using var signed = await SignAsync(administrator, "moved", "2");
        var (store, database) = (server.Services.GetRequiredService<OverrideStore>(), server.Services.GetRequiredService<Database>());
        var secret = new byte[OwnerKey.KeyBytes];
        var now = TimeProvider.System.GetUtcNow();
        var asked = new OverrideAsked("octo", null, null, null, "offline", now.AddHours(1));
        Assert.Empty(await store.ImportAsync(
            "octo", OverrideSignature.Sign(asked.ToSigned("0193", "mona", now), secret), PublicKeyText.Of(OwnerKey.PublicKeyOf(secret)), Actor.Console,
            TestContext.Current.CancellationToken));
        var page = WebUtility.HtmlDecode(await administrator.PageAsync(Page));
        Assert.Contains("2 in force", page, StringComparison.Ordinal);
        Assert.Single(Regex.Matches(page, "another key than this server's"));

        await database.ExecuteAsync("UPDATE enforcement_override SET until_ms = until_ms + 1 WHERE id <> '0193'", null, TestContext.Current.CancellationToken);
        page = WebUtility.HtmlDecode(await administrator.PageAsync(Page));
        Assert.Contains("1 in force", page, StringComparison.Ordinal);
        Assert.Contains("taken by no machine", page, StringComparison.Ordinal);
        foreach (var id in new[] { "%00", "", new string('1', OverrideLimits.IdCharacters + 1) })
        {
            using var revoked = await administrator.PostAsync(Page, $"/policies/overrides?handler=Revoke&id={id}", ("owner", "octo"));
            Assert.Equal(HttpStatusCode.NotFound, revoked.StatusCode);
        }

        using var nobody = await administrator.SendAsync("/policies/overrides?owner=%00");
        Assert.Equal(HttpStatusCode.NotFound, nobody.StatusCode);
    }

    private static Task<HttpResponseMessage> SignAsync(Visitor visitor, string reason, string hours) => visitor.PostAsync(
        Page, "/policies/overrides?handler=Sign", ("owner", "octo"), ("reason", reason), ("hours", hours), ("repository", "site"));

    [GeneratedRegex("""overrideKey: "ed25519:[A-Za-z0-9+/]{43}=""")]
    private static partial Regex KeyLine();
}
