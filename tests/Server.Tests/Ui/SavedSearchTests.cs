using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Sallyport.Server.Access;
using Sallyport.Server.Search;

namespace Sallyport.Server.Tests.Ui;

public sealed partial class SavedSearchTests(PostgresCluster cluster)
{
    private const string Asked = "value=example.com&what=name";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(StoreKinds.Databases), MemberType = typeof(StoreKinds))]
    public async Task A_search_is_kept_seen_by_all_members_and_forgotten_by_who_may(StoreKind kind)
    {
        await using var server = await TestServer.StartAsync(kind, cluster);
        await server.KeyAsync("octo");
        using var member = await Visitor.WithRoleAsync(server, "octo", Role.Operator);
        using var reader = await Visitor.WithRoleAsync(server, "octo", Role.Viewer);
        using var other = await Visitor.WithRoleAsync(server, "other", Role.Operator);
        using var kept = await member.PostAsync($"/search/events?{Asked}", $"/search/events?handler=Keep&{Asked}", ("name", "Bad <i>host</i>"), ("keeper", "octo"));
        Assert.Equal(HttpStatusCode.Found, kept.StatusCode);
        var seen = await reader.PageAsync("/search/events");
        Assert.Contains("Bad &lt;i&gt;host&lt;/i&gt;", seen, StringComparison.Ordinal);
        Assert.DoesNotContain("handler=Forget", seen, StringComparison.Ordinal);
        Assert.DoesNotContain("Bad", await other.PageAsync("/search/events?owner=octo"), StringComparison.Ordinal);

        var page = await member.PageAsync($"/search/events?{Asked}");
        var (action, id) = (WebUtility.HtmlDecode(Form().Match(page).Groups["action"].Value), Form().Match(page).Groups["id"].Value);
        foreach (var stranger in new[] { reader, other })
        {
            using var refused = await stranger.PostAsync("/settings", action, ("keeper", "octo"), ("id", id));
            Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        }

        using var wrongly = await other.PostAsync("/settings", action, ("keeper", "other"), ("id", id));
        using var without = await member.PostAsync("/settings", "/search/events?handler=Forget");
        Assert.Equal(HttpStatusCode.Forbidden, without.StatusCode);
        Assert.Contains("Bad", await reader.PageAsync("/search/events"), StringComparison.Ordinal);
        using var forgotten = await member.PostAsync($"/search/events?{Asked}", action, ("keeper", "octo"), ("id", id));
        Assert.Equal($"/search/events?{Asked}", forgotten.Headers.Location!.ToString());
        Assert.DoesNotContain("Bad", await reader.PageAsync("/search/events"), StringComparison.Ordinal);
        Assert.Equal(
            ["search.removed", "search.saved"],
            (await server.Services.GetRequiredService<Audit>().ListAsync(["octo"], null, 100, Cancellation))
                .Select(entry => entry.Action).Where(action => action.StartsWith("search.", StringComparison.Ordinal)));
    }

    [Theory]
    [MemberData(nameof(StoreKinds.Databases), MemberType = typeof(StoreKinds))]
    public async Task One_more_than_there_may_be_is_told_with_the_way_out(StoreKind kind)
    {
        await using var server = await TestServer.StartAsync(kind, cluster);
        var searches = server.Services.GetRequiredService<SavedSearches>();
        for (var number = 0; number < SavedSearches.Maximum; number++)
        {
            Assert.NotNull(await searches.AddAsync("octo", number.ToString(CultureInfo.InvariantCulture), Asked, Actor.Console, Cancellation));
        }

        using var member = await Visitor.WithRoleAsync(server, "octo", Role.Operator);
        async Task<string> KeepAsync(string name)
        {
            using var response = await member.PostAsync("/settings", $"/search/events?handler=Keep&{Asked}", ("name", name), ("keeper", "octo"));
            return $"{response.StatusCode} {await response.Content.ReadAsStringAsync(Cancellation)}";
        }

        var full = await KeepAsync("one more");
        Assert.StartsWith("OK ", full, StringComparison.Ordinal);
        Assert.Contains("Not kept: octo keeps 200 searches already", full, StringComparison.Ordinal);
        // What was searched for is still there, and so is the form.
        Assert.Contains("value=\"example.com\"", full, StringComparison.Ordinal);
        Assert.Contains("handler=Keep", full, StringComparison.Ordinal);
        Assert.Contains("1 to 100 characters", await KeepAsync(" "), StringComparison.Ordinal);
        Assert.Contains("1 to 100 characters", await KeepAsync(new string('x', 101)), StringComparison.Ordinal);

        var id = Form().Match(full).Groups["id"].Value;
        using var forgotten = await member.PostAsync("/settings", "/search/events?handler=Forget", ("keeper", "octo"), ("id", id));
        Assert.StartsWith("Found ", await KeepAsync("one more"), StringComparison.Ordinal);
    }

    [GeneratedRegex("""action="(?<action>[^"]*handler=Forget[^"]*)".*?name="id" value="(?<id>[0-9a-f]{32})""", RegexOptions.Singleline)]
    private static partial Regex Form();
}
