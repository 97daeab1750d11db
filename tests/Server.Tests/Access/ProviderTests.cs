using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Sallyport.Server.Access;
using Sallyport.Server.Store;
using Sallyport.Server.Tests.Ui;

namespace Sallyport.Server.Tests.Access;

/// <summary>Sign-in by a provider of the tests' own, over HTTP from the first click to the page after.</summary>
public sealed class ProviderTests(PostgresCluster cluster, ProviderSite site) : IClassFixture<ProviderSite>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(StoreKinds.Databases), MemberType = typeof(StoreKinds))]
    public async Task Who_signs_in_for_the_first_time_has_no_role_until_somebody_gives_one(StoreKind kind)
    {
        await using var provider = await IdentityProvider.StartAsync();
        await using var server = await TestServer.StartAsync(kind, cluster, provider.Settings);
        await server.UploadAsync(await server.KeyAsync("octo"), TestRecording.Job(), TestRecording.Small());
        using var visitor = Visitor.Stranger(server);
        Assert.Contains("with 127.0.0.1", await visitor.PageAsync("/sign-in"), StringComparison.Ordinal);
        Assert.Equal("/", await SignInAsync(visitor));
        using var first = await visitor.SendAsync("/");
        Assert.Equal("/settings", first.Headers.Location?.ToString());
        Assert.Contains("no role in any organisation yet", await visitor.PageAsync("/settings"), StringComparison.Ordinal);
        Assert.DoesNotContain("octo", await visitor.PageAsync("/runs"), StringComparison.Ordinal);

        var accounts = server.Services.GetRequiredService<Accounts>();
        var account = Assert.Single(await accounts.WithoutRoleAsync(Cancellation));
        Assert.Equal(("mona@127.0.0.1", provider.Address), (account.Name, account.Issuer.TrimEnd('/')));
        using var administrator = await Visitor.AdministratorAsync(server);
        Assert.Contains("mona@127.0.0.1", await administrator.PageAsync("/settings/members"), StringComparison.Ordinal);
        Assert.Null(await accounts.ChangeRoleAsync(account.Account, "octo", Role.Viewer, Actor.Console, Cancellation));
        Assert.Contains("octo", await visitor.PageAsync("/runs"), StringComparison.Ordinal);

        // The next time it is the same account, by the name that it has now.
        provider.Told["preferred_username"] = "lisa";
        using var again = Visitor.Stranger(server);
        Assert.Equal("/", await SignInAsync(again));
        Assert.Contains("octo", await again.PageAsync("/runs"), StringComparison.Ordinal);
        Assert.Empty(await accounts.WithoutRoleAsync(Cancellation));
        Assert.Equal("lisa@127.0.0.1", (await accounts.FindAsync(account.Account, Cancellation))!.Name);
        Assert.Contains(
            await server.Services.GetRequiredService<Audit>().ListAsync(null, null, 100, Cancellation),
            entry => entry is { Action: "account.signed-in", Actor: "lisa@127.0.0.1", Address: "127.0.0.1" } && entry.Subject == account.Account);
    }

    [Theory]
    [InlineData("wrong state")]
    [InlineData("no state")]
    [InlineData("wrong nonce")]
    [InlineData("wrong audience")]
    [InlineData("wrong issuer")]
    [InlineData("expired")]
    [InlineData("other key")]
    [InlineData("no signature")]
    [InlineData("somebody else at userinfo")]
    [InlineData("declined")]
    public Task What_does_not_hold_signs_nobody_in_and_leads_back_to_the_way_in(string what) => SignsNobodyInAsync(site, what);

    [Fact]
    public async Task A_provider_that_does_not_say_where_it_is_signs_nobody_in()
    {
        // What it once said is kept: here it is asked for the first time.
        var first = new ProviderSite(cluster);
        await first.InitializeAsync();
        try
        {
            await SignsNobodyInAsync(first, "no discovery");
        }
        finally
        {
            await first.DisposeAsync();
        }
    }

    /// <summary>Login CSRF: somebody is led to the callback with the code of who wants to be them.</summary>
    [Fact]
    public async Task What_a_provider_answered_one_browser_is_of_no_use_to_another_and_to_none_twice()
    {
        await using var provider = await IdentityProvider.StartAsync();
        await using var server = await TestServer.StartAsync(StoreKind.Sqlite, cluster, provider.Settings);
        using var mine = Visitor.Stranger(server);
        using var other = Visitor.Stranger(server);
        var answer = await AnswerAsync(mine, "/");
        Assert.Equal("/sign-in?refused=provider", await LedToAsync(other, answer));
        Assert.False(await IsSignedInAsync(other));
        Assert.Equal("/", await LedToAsync(mine, answer));
        Assert.Equal("/sign-in?refused=provider", await LedToAsync(mine, answer));
    }

    [Theory]
    [MemberData(nameof(StoreKinds.Databases), MemberType = typeof(StoreKinds))]
    public async Task The_same_subject_of_two_providers_is_two_accounts(StoreKind kind)
    {
        var folder = Directory.CreateTempSubdirectory("sallyport-providers-").FullName;
        var store = new Dictionary<string, string?>
        {
            ["dataFolder"] = folder,
            ["connectionStrings:store"] = kind == StoreKind.Sqlite ? null : await cluster.CreateDatabaseAsync(),
        };
        for (var number = 1; number <= 2; number++)
        {
            await using var provider = await IdentityProvider.StartAsync();
            await using var server = await TestServer.StartAsync(kind, cluster, provider.Settings.Concat(store).ToDictionary());
            using var visitor = Visitor.Stranger(server);
            Assert.Equal("/", await SignInAsync(visitor));
            var accounts = await server.Services.GetRequiredService<Accounts>().WithoutRoleAsync(Cancellation);
            Assert.Equal(number, accounts.Count);
            Assert.Equal(number, accounts.Select(account => account.Issuer).Distinct().Count());
        }

        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [MemberData(nameof(StoreKinds.Databases), MemberType = typeof(StoreKinds))]
    public async Task A_disabled_account_is_refused_and_its_session_ends(StoreKind kind)
    {
        await using var provider = await IdentityProvider.StartAsync();
        await using var server = await TestServer.StartAsync(kind, cluster, provider.Settings);
        using var visitor = Visitor.Stranger(server);
        Assert.Equal("/", await SignInAsync(visitor));
        await server.Services.GetRequiredService<Database>().ExecuteAsync("UPDATE account SET disabled_ms = 1", null, Cancellation);
        Assert.False(await IsSignedInAsync(visitor));
        using var again = Visitor.Stranger(server);
        Assert.Equal("/sign-in?refused=disabled", await SignInAsync(again));
        Assert.Contains("This account is disabled", await again.PageAsync("/sign-in?refused=disabled"), StringComparison.Ordinal);
        Assert.False(await IsSignedInAsync(again));
        var audit = await server.Services.GetRequiredService<Audit>().ListAsync(null, null, 100, Cancellation);
        Assert.Equal(["account.sign-in-refused", "account.signed-in"], audit.Select(entry => entry.Action));
    }

    [Theory]
    [InlineData("/runs?q=a", "/runs?q=a")]
    [InlineData("//evil.example", "/")]
    [InlineData("/\\evil.example", "/")]
    [InlineData("https://evil.example/", "/")]
    [InlineData("javascript:alert(1)", "/")]
    [InlineData("/\t/evil.example", "/")]
    [InlineData("\\\\evil.example", "/")]
    [InlineData("@evil.example", "/")]
    [InlineData("", "/")]
    public async Task After_signing_in_one_is_on_a_page_of_this_server(string to, string expected)
    {
        site.Provider.What = "";
        using var visitor = Visitor.Stranger(site.Server);
        Assert.Equal(expected, await SignInAsync(visitor, to));
        var page = await visitor.PageAsync($"/sign-in?to={Uri.EscapeDataString(to)}");
        Assert.Contains($"name=\"to\" value=\"{WebUtility.HtmlEncode(expected)}\"", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_preset_for_GitHub_signs_in_at_an_Enterprise_Server()
    {
        await using var github = await GitHubStandIn.StartAsync();
        await using var server = await TestServer.StartAsync(StoreKind.Sqlite, cluster, github.Settings);
        foreach (var what in new[] { "wrong state", "bad code", "no user", "user without id" })
        {
            github.What = what;
            using var refused = Visitor.Stranger(server);
            Assert.Equal((what, "/sign-in?refused=provider"), (what, await SignInAsync(refused)));
            Assert.False(await IsSignedInAsync(refused));
        }

        github.What = "";
        using var visitor = Visitor.Stranger(server);
        Assert.Equal("/runs", await SignInAsync(visitor, "/runs"));
        Assert.True(await IsSignedInAsync(visitor));
        var account = Assert.Single(await server.Services.GetRequiredService<Accounts>().WithoutRoleAsync(Cancellation));
        Assert.Equal(("octocat@127.0.0.1", github.Address), (account.Name, account.Issuer));
        Assert.Equal("583231", (await server.Services.GetRequiredService<Accounts>().FindAsync(account.Account, Cancellation))!.Subject);
    }

    private static async Task SignsNobodyInAsync(ProviderSite site, string what)
    {
        var accounts = site.Server.Services.GetRequiredService<Accounts>();
        var before = await accounts.WithoutRoleAsync(Cancellation);
        (site.Provider.What, site.Provider.Subject) = (what, what);
        using var visitor = Visitor.Stranger(site.Server);
        Assert.Equal("/sign-in?refused=provider", await SignInAsync(visitor));
        Assert.Contains("has signed nobody in", await visitor.PageAsync("/sign-in?refused=provider"), StringComparison.Ordinal);
        Assert.False(await IsSignedInAsync(visitor));
        Assert.Equal(before.Count, (await accounts.WithoutRoleAsync(Cancellation)).Count);

        site.Provider.What = "";
        Assert.Equal("/", await SignInAsync(visitor));
        Assert.True(await IsSignedInAsync(visitor));
        Assert.Equal(before.Count + 1, (await accounts.WithoutRoleAsync(Cancellation)).Count);
    }

    /// <summary>From the link of the sign-in page to where one is led in the end.</summary>
    private static async Task<string> SignInAsync(Visitor visitor, string to = "/")
    {
        var answer = await AnswerAsync(visitor, to);
        return answer.StartsWith("/sign-in/callback", StringComparison.Ordinal) ? await LedToAsync(visitor, answer) : answer;
    }

    /// <summary>Where the provider leads back to, below this server's address.</summary>
    private static async Task<string> AnswerAsync(Visitor visitor, string to)
    {
        using var asked = await visitor.SendAsync($"/sign-in/provider?to={Uri.EscapeDataString(to)}");
        Assert.Equal(HttpStatusCode.Found, asked.StatusCode);
        if (!asked.Headers.Location!.IsAbsoluteUri)
        {
            return asked.Headers.Location.ToString();
        }

        using var browser = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false });
        using var answered = await browser.GetAsync(asked.Headers.Location, Cancellation);
        Assert.Equal(HttpStatusCode.Found, answered.StatusCode);
        return answered.Headers.Location!.PathAndQuery;
    }

    private static async Task<string> LedToAsync(Visitor visitor, string path)
    {
        using var response = await visitor.SendAsync(path);
        Assert.True(response.StatusCode == HttpStatusCode.Found, $"{path}: {response.StatusCode}");
        return response.Headers.Location!.ToString();
    }

    private static async Task<bool> IsSignedInAsync(Visitor visitor)
    {
        using var response = await visitor.SendAsync("/settings");
        return response.StatusCode == HttpStatusCode.OK;
    }
}
