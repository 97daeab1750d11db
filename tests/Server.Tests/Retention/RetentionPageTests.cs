using System.Globalization;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Sallyport.Server.Access;
using Sallyport.Server.Retention;
using Sallyport.Server.Store;
using Sallyport.Server.Tests.Ui;

namespace Sallyport.Server.Tests.Retention;

public sealed class RetentionPageTests(PostgresCluster cluster, SharedServers servers) : IClassFixture<SharedServers>
{
    private const string Page = "/settings/retention?owner=octo";
    private const string Save = "/settings/retention?handler=Save";

    private readonly HandTime time = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(StoreKinds.Databases), MemberType = typeof(StoreKinds))]
    public async Task The_page_says_what_the_sweep_removes_next_and_that_is_what_it_removes(StoreKind kind)
    {
        await using var server = await StartAsync(kind);
        await UploadAsync(server, 4);
        var bytes = await OneAsync(server, "SELECT MIN(bytes) FROM job");
        using var member = await Visitor.WithRoleAsync(server, "octo", Role.Viewer);
        var page = await member.PageAsync(Page);
        Assert.Contains("90 days, the server", page, StringComparison.Ordinal);
        Assert.Contains("4 jobs, ", page, StringComparison.Ordinal);
        Assert.Contains("<span>nothing</span>", page, StringComparison.Ordinal);

        // Two are older than 10 days, and of the two others one is too much.
        await SetAsync(server, 10, bytes + (bytes / 2));
        Assert.Contains("! 3 jobs, ", await member.PageAsync(Page), StringComparison.Ordinal);
        await server.Services.GetRequiredService<ExpiredJobs>().RemoveAsync(Cancellation);
        Assert.Equal(1, await OneAsync(server, "SELECT COUNT(*) FROM job"));
        Assert.Contains("<span>nothing</span>", await member.PageAsync(Page), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(StoreKinds.Databases), MemberType = typeof(StoreKinds))]
    public async Task What_would_remove_jobs_is_saved_when_it_is_said_twice_and_every_change_can_be_taken_back(StoreKind kind)
    {
        await using var server = await StartAsync(kind);
        await UploadAsync(server, 4);
        using var administrator = await Visitor.WithRoleAsync(server, "octo", Role.Administrator);
        async Task<string> SaveAsync(params (string Name, string Value)[] fields)
        {
            // The order of the audit is that of time.
            time.Pass(TimeSpan.FromSeconds(1));
            using var response = await administrator.PostAsync(Page, Save, [.. fields, ("owner", "octo")]);
            return response.StatusCode == HttpStatusCode.Found ? "" : await response.Content.ReadAsStringAsync(Cancellation);
        }

        Assert.Equal("", await SaveAsync(("days", "400"), ("size", "20 GB")));
        var asked = await SaveAsync(("days", "10"), ("size", ""));
        Assert.Contains("with this 2 jobs, ", asked, StringComparison.Ordinal);
        Assert.Equal((400, 20_000_000_000), await OwnAsync(server));
        // What was agreed to holds for what was asked: other values are asked for anew.
        Assert.Contains("with this 4 jobs, ", await SaveAsync(("days", "1"), ("size", ""), ("sure", "10/")), StringComparison.Ordinal);
        Assert.Equal("", await SaveAsync(("days", "10"), ("size", ""), ("sure", "10/")));
        Assert.Equal((10, null), await OwnAsync(server));

        var page = await administrator.PageAsync(Page);
        Assert.Contains("put back: 400 days \u00b7 20 GB", WebUtility.HtmlDecode(page), StringComparison.Ordinal);
        Assert.Equal("", await SaveAsync(("days", "400"), ("size", "20 GB")));
        Assert.Equal((400, 20_000_000_000), await OwnAsync(server));
        Assert.Contains("use the server", page, StringComparison.Ordinal);
        Assert.Equal("", await SaveAsync());
        Assert.Equal((null, null), await OwnAsync(server));
        Assert.DoesNotContain("use the server", await administrator.PageAsync(Page), StringComparison.Ordinal);

        var entries = (await server.Services.GetRequiredService<Audit>().ListAsync(["octo"], null, 100, Cancellation))
            .Where(entry => entry.Action == RetentionStore.Changed).ToList();
        Assert.Equal(4, entries.Count);
        Assert.Equal("""{"days":10,"bytes":null,"daysBefore":400,"bytesBefore":20000000000}""", entries[2].Detail);
        Assert.All(entries, entry => Assert.Equal("Administrator of octo", entry.Actor));
    }

    [Theory]
    [InlineData("x", "", "Age: 'x'")]
    [InlineData("-1", "", "Age: '-1'")]
    [InlineData("36501", "", "Age: '36501'")]
    [InlineData("1.5", "", "Age: '1.5'")]
    [InlineData("", "20", "Size: '20'")]
    [InlineData("", "900 kB", "Size: '900 kB'")]
    [InlineData("", "many GB", "Size: 'many GB'")]
    [InlineData("0x10", "<b>", "Size: '<b>'")]
    public async Task A_bad_value_is_told_with_what_would_do_and_nothing_is_saved(string days, string size, string told)
    {
        var server = await servers.OfAsync(StoreKind.Sqlite);
        await server.RegisteredAsync(await server.KeyAsync("octo"), TestRecording.Job());
        var administrator = await servers.VisitorAsync(StoreKind.Sqlite, "octo", Role.Administrator);
        using var response = await administrator.PostAsync(Page, Save, ("owner", "octo"), ("days", days), ("size", size));
        var page = await response.Content.ReadAsStringAsync(Cancellation);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Contains(told, WebUtility.HtmlDecode(page), StringComparison.Ordinal);
        Assert.DoesNotContain("<b>'", page, StringComparison.Ordinal);
        Assert.Equal((null, null), await OwnAsync(server));
    }

    [Fact]
    public async Task Members_read_it_administrators_change_it_and_others_see_nothing()
    {
        await using var server = await StartAsync(StoreKind.Sqlite);
        await UploadAsync(server, 1);
        foreach (var role in new[] { Role.Viewer, Role.Operator })
        {
            using var member = await Visitor.WithRoleAsync(server, "octo", role);
            Assert.DoesNotContain("<form class=\"form\"", await member.PageAsync(Page), StringComparison.Ordinal);
            using var refused = await member.PostAsync("/settings", Save, ("owner", "octo"), ("days", "400"));
            Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        }

        using var other = await Visitor.WithRoleAsync(server, "other", Role.Administrator);
        using var unseen = await other.SendAsync(Page);
        Assert.Equal(HttpStatusCode.Forbidden, unseen.StatusCode);
        using var foreign = await other.PostAsync("/settings", Save, ("owner", "octo"), ("days", "400"));
        Assert.Equal(HttpStatusCode.Forbidden, foreign.StatusCode);
        using var all = await Visitor.AdministratorAsync(server);
        using var none = await all.SendAsync("/settings/retention?owner=nobody");
        Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
        using var made = await all.PostAsync(Page, Save, ("owner", "nobody"), ("days", "400"));
        Assert.Equal(HttpStatusCode.NotFound, made.StatusCode);
        Assert.Equal((null, null), await OwnAsync(server));
    }

    // Without the sweep that comes by itself: here it comes when the test says so.
    private Task<TestServer> StartAsync(StoreKind kind) => TestServer.StartAsync(kind, cluster, change: builder =>
    {
        builder.Services.AddSingleton<TimeProvider>(time);
        builder.Services.Remove(builder.Services.Single(service => service.ImplementationType == typeof(Sweep)));
    });

    // Registered 14, 11, 8 and 5 days ago, when there are four.
    private async Task UploadAsync(TestServer server, int jobs)
    {
        var key = await server.KeyAsync("octo");
        for (var number = 0; number < jobs; number++)
        {
            await server.UploadAsync(key, TestRecording.Job(runId: number.ToString(CultureInfo.InvariantCulture)), TestRecording.Small());
            time.Pass(TimeSpan.FromDays(3));
        }

        time.Pass(TimeSpan.FromDays(2));
    }

    private static Task<bool> SetAsync(TestServer server, int days, long bytes) =>
        server.Services.GetRequiredService<RetentionStore>().SetAsync("octo", days, bytes, Actor.Console, Cancellation);

    private static async Task<(int? Days, long? Bytes)> OwnAsync(TestServer server)
    {
        var own = await server.Services.GetRequiredService<RetentionStore>().FindAsync("octo", Cancellation);
        return (own.RetentionDays, own.RetentionBytes);
    }

    private static async Task<long> OneAsync(TestServer server, string sql) =>
        await server.Services.GetRequiredService<Database>().OneAsync<long>(sql, null, Cancellation);
}
