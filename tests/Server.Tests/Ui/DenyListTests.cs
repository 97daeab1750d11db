using System.Net;
using System.Text.RegularExpressions;
using Sallyport.Server.Access;

namespace Sallyport.Server.Tests.Ui;

public sealed partial class DenyListTests(PostgresCluster cluster)
{
    private const string Page = "/policies/deny-list?owner=octo";

    [Theory]
    [MemberData(nameof(StoreKinds.Databases), MemberType = typeof(StoreKinds))]
    public async Task Administrators_sign_others_read_and_strangers_see_nothing(StoreKind kind)
    {
        await using var server = await TestServer.StartAsync(kind, cluster);
        await server.KeyAsync("octo");
        using var administrator = await Visitor.WithRoleAsync(server, "octo", Role.Administrator);
        using var saved = await SaveAsync(administrator, "evil.example # <b>beacon</b>");
        Assert.Equal(HttpStatusCode.Found, saved.StatusCode);
        using var refused = await SaveAsync(administrator, "evil.example");
        Assert.Contains("Not saved", await refused.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        var page = await administrator.PageAsync(Page);
        var key = KeyLine().Match(WebUtility.HtmlDecode(page)).Value;
        Assert.NotEmpty(key);
        Assert.DoesNotContain("<b>beacon", page, StringComparison.Ordinal);
        foreach (var role in new[] { Role.Viewer, Role.Operator })
        {
            using var other = await Visitor.WithRoleAsync(server, "octo", role);
            var read = WebUtility.HtmlDecode(await other.PageAsync(Page));
            Assert.Contains(key, read, StringComparison.Ordinal);
            Assert.Contains("readonly", read, StringComparison.Ordinal);
            using var denied = await SaveAsync(other, "");
            Assert.Equal(HttpStatusCode.Forbidden, denied.StatusCode);
        }

        using var stranger = await Visitor.WithRoleAsync(server, "acme", Role.Administrator);
        using var unseen = await stranger.SendAsync(Page);
        Assert.Equal(HttpStatusCode.NotFound, unseen.StatusCode);
        using var unsaved = await stranger.PostAsync("/policies/deny-list?owner=acme", "/policies/deny-list?handler=Save", ("owner", "octo"), ("text", ""));
        Assert.Equal(HttpStatusCode.Forbidden, unsaved.StatusCode);
        Assert.Contains("version 1", await administrator.PageAsync(Page), StringComparison.Ordinal);
    }

    private static Task<HttpResponseMessage> SaveAsync(Visitor visitor, string text) =>
        visitor.PostAsync(Page, "/policies/deny-list?handler=Save", ("owner", "octo"), ("text", text), ("comment", "incident"));

    [GeneratedRegex("""denyListKey: "ed25519:[A-Za-z0-9+/]{43}=""")]
    private static partial Regex KeyLine();
}
