using System.Net;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Sallyport.Server.Access;
using Sallyport.Server.Tests.Ui;

namespace Sallyport.Server.Tests.Access;

/// <summary>What a session's cookies say, when it ends, and whose word about the caller is taken.</summary>
public sealed partial class SessionTests(PostgresCluster cluster)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("http://127.0.0.1:8710", "sallyport", false)]
    [InlineData("https://sallyport.example.com", "__Host-sallyport", true)]
    public async Task Cookies_are_of_this_host_alone_and_over_tls_of_nothing_else(string publicUrl, string name, bool isSecure)
    {
        await using var server = await TestServer.StartAsync(StoreKind.Sqlite, cluster, new() { ["publicUrl"] = publicUrl });
        var secret = await server.Services.GetRequiredService<Accounts>().InviteAdministratorAsync(Actor.Console, Cancellation);
        using var client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = server.Address };
        using var page = await client.GetAsync(new Uri($"/sign-in/link/{secret}", UriKind.Relative), Cancellation);
        var form = Assert.Single(page.Headers.GetValues("Set-Cookie"));
        Check(form, $"{name}-form", "samesite=strict");
        Assert.Equal(isSecure, page.Headers.Contains("Strict-Transport-Security"));

        using var request = new HttpRequestMessage(HttpMethod.Post, $"/sign-in/link/{secret}");
        request.Headers.Add("Cookie", form.Split(';')[0]);
        var token = Token().Match(await page.Content.ReadAsStringAsync(Cancellation)).Groups["token"].Value;
        using var content = new FormUrlEncodedContent([new("__RequestVerificationToken", WebUtility.HtmlDecode(token))]);
        request.Content = content;
        using var signedIn = await client.SendAsync(request, Cancellation);
        Assert.Equal(HttpStatusCode.Found, signedIn.StatusCode);
        Check(signedIn.Headers.GetValues("Set-Cookie").Single(cookie => cookie.StartsWith(name + "=", StringComparison.Ordinal)), name, "samesite=lax");

        void Check(string cookie, string expected, string sameSite)
        {
            var parts = cookie.Split("; ");
            Assert.StartsWith($"{expected}=", parts[0], StringComparison.Ordinal);
            Assert.Contains("path=/", parts);
            Assert.Contains("httponly", parts);
            Assert.Contains(sameSite, parts);
            Assert.Equal(isSecure, parts.Contains("secure"));
            Assert.DoesNotContain(parts, part => part.StartsWith("domain", StringComparison.OrdinalIgnoreCase));
        }
    }

    [Theory]
    [MemberData(nameof(StoreKinds.Databases), MemberType = typeof(StoreKinds))]
    public async Task A_session_that_nobody_used_for_twelve_hours_is_over_and_one_that_is_used_goes_on(StoreKind kind)
    {
        var time = new HandTime();
        await using var server = await TestServer.StartAsync(kind, cluster, change: builder => builder.Services.AddSingleton<TimeProvider>(time));
        using var visitor = await Visitor.AdministratorAsync(server);
        foreach (var hours in new[] { 11, 11, 11 })
        {
            time.Pass(TimeSpan.FromHours(hours));
            await visitor.PageAsync("/settings");
        }

        time.Pass(TimeSpan.FromHours(12.1));
        using var over = await visitor.SendAsync("/settings");
        Assert.Equal((HttpStatusCode.Found, "/sign-in"), (over.StatusCode, over.Headers.Location!.AbsolutePath));
    }

    [Fact]
    public async Task Who_signs_out_ends_every_session_of_the_account_and_a_copied_cookie_is_of_no_use()
    {
        await using var server = await TestServer.StartAsync(StoreKind.Sqlite, cluster);
        using var visitor = await Visitor.AdministratorAsync(server);
        using var other = await Visitor.WithRoleAsync(server, "octo", Role.Viewer);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/settings");
        using var page = await visitor.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        using var signedOut = await visitor.PostAsync("/settings", "/sign-out");
        Assert.Equal(HttpStatusCode.Found, signedOut.StatusCode);

        using var thief = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = server.Address };
        using var copied = new HttpRequestMessage(HttpMethod.Get, "/settings");
        copied.Headers.Add("Cookie", request.Headers.GetValues("Cookie"));
        using var refused = await thief.SendAsync(copied, Cancellation);
        Assert.Equal((HttpStatusCode.Found, "/sign-in"), (refused.StatusCode, refused.Headers.Location!.AbsolutePath));
        await other.PageAsync("/runs");
    }

    /// <summary>With cookies that a browser keeps by their own rules: over TLS alone, for this host, with its name's prefix.</summary>
    [Fact]
    public async Task Behind_a_proxy_that_ends_TLS_somebody_signs_in_and_sends_a_form()
    {
        await using var proxy = await TlsProxy.StartAsync();
        await using var server = await TestServer.StartAsync(
            StoreKind.Sqlite, cluster, new() { ["publicUrl"] = proxy.Address.ToString(), ["proxies"] = "127.0.0.0/8" });
        proxy.Upstream = server.Address;
        var secret = await server.Services.GetRequiredService<Accounts>().InviteAdministratorAsync(Actor.Console, Cancellation);
        var cookies = new CookieContainer();
        using var client = proxy.Client(cookies);
        async Task<HttpResponseMessage> PostAsync(string page, string action, params (string Name, string Value)[] fields)
        {
            var token = Token().Match(await client.GetStringAsync(new Uri(page, UriKind.Relative), Cancellation)).Groups["token"].Value;
            using var content = new FormUrlEncodedContent(
                [new("__RequestVerificationToken", WebUtility.HtmlDecode(token)), .. fields.Select(field => KeyValuePair.Create(field.Name, field.Value))]);
            return await client.PostAsync(new Uri(action, UriKind.Relative), content, Cancellation);
        }

        using var signedIn = await PostAsync($"/sign-in/link/{secret}", $"/sign-in/link/{secret}");
        Assert.Equal((HttpStatusCode.Found, true), (signedIn.StatusCode, signedIn.Headers.Contains("Strict-Transport-Security")));
        Assert.Equal(["__Host-sallyport", "__Host-sallyport-form"], cookies.GetCookies(proxy.Address).Select(cookie => cookie.Name).Order(StringComparer.Ordinal));
        Assert.All(cookies.GetAllCookies(), cookie => Assert.True(cookie is { Secure: true, HttpOnly: true, Path: "/" }));
        // Whoever listens to plain HTTP sees none of them.
        Assert.Empty(cookies.GetCookies(new UriBuilder(proxy.Address) { Scheme = "http" }.Uri));

        using var saved = await PostAsync(
            "/policies/edit?owner=octo&name=base", "/policies/edit?handler=Save",
            ("owner", "octo"), ("name", "base"), ("text", "version: 1\nmode: block\n"));
        Assert.Equal(HttpStatusCode.Found, saved.StatusCode);
        Assert.Contains("base", await client.GetStringAsync(new Uri("/policies?owner=octo", UriKind.Relative), Cancellation), StringComparison.Ordinal);
        // By its own address it is the same server, and the session is not sent there.
        using var plain = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, CookieContainer = cookies }) { BaseAddress = server.Address };
        using var stranger = await plain.GetAsync(new Uri("/policies?owner=octo", UriKind.Relative), Cancellation);
        Assert.Equal(HttpStatusCode.Found, stranger.StatusCode);
    }

    [Theory]
    [InlineData("", "198.51.100.9", false, "127.0.0.1")]
    [InlineData("10.0.0.0/8", "198.51.100.9", false, "127.0.0.1")]
    [InlineData("127.0.0.1", "198.51.100.9", true, "198.51.100.9")]
    // One behind another, both named; one behind another that was not; and what the caller wrote there himself.
    [InlineData("127.0.0.0/8", "198.51.100.9, 127.0.0.2", true, "198.51.100.9")]
    [InlineData("127.0.0.1", "198.51.100.9, 127.0.0.2", true, "127.0.0.2")]
    [InlineData("127.0.0.0/8", "198.51.100.1, 198.51.100.9, 127.0.0.2", true, "198.51.100.9")]
    public async Task What_a_proxy_says_of_the_caller_is_taken_of_those_that_were_named(string proxies, string said, bool isTaken, string caller)
    {
        await using var server = await TestServer.StartAsync(StoreKind.Sqlite, cluster, new() { ["proxies"] = proxies });
        using var stranger = Visitor.Stranger(server);
        using var page = new HttpRequestMessage(HttpMethod.Get, "/sign-in");
        page.Headers.Add("X-Forwarded-For", said);
        page.Headers.Add("X-Forwarded-Proto", "https");
        using var answer = await stranger.SendAsync(page);
        Assert.Equal(isTaken, answer.Headers.Contains("Strict-Transport-Security"));

        using var attempt = new HttpRequestMessage(HttpMethod.Post, "/sign-in/password");
        attempt.Headers.Add("X-Forwarded-For", said);
        var token = Token().Match(await stranger.PageAsync("/sign-in")).Groups["token"].Value;
        using var content = new FormUrlEncodedContent(
            [new("__RequestVerificationToken", WebUtility.HtmlDecode(token)), new("name", "nobody"), new("password", "wrong horse battery")]);
        attempt.Content = content;
        using var refused = await stranger.SendAsync(attempt);
        var entry = (await server.Services.GetRequiredService<Audit>().ListAsync(null, null, 10, Cancellation))
            .First(one => one.Action == "account.sign-in-refused");
        Assert.Equal(caller, entry.Address);
    }

    [Fact]
    public async Task Every_answer_keeps_its_address_to_itself_and_is_framed_by_nobody()
    {
        await using var server = await TestServer.StartAsync(StoreKind.Sqlite, cluster);
        using var visitor = await Visitor.AdministratorAsync(server);
        foreach (var path in new[] { "/", "/sign-in", "/nothing-here", "/assets/site.css", "/api/v1", "/api/v1/openapi.json", "/api/v1/policy", "/health/live" })
        {
            using var response = await visitor.SendAsync(path);
            Assert.Contains(Assert.Single(response.Headers.GetValues("Referrer-Policy")), new[] { "same-origin", "no-referrer" });
            Assert.Contains("frame-ancestors 'none'", Assert.Single(response.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
            Assert.Equal("same-origin", Assert.Single(response.Headers.GetValues("Cross-Origin-Opener-Policy")));
            // Without TLS there is nothing to insist on.
            Assert.False(response.Headers.Contains("Strict-Transport-Security"), path);
        }
    }

    [GeneratedRegex("""name="__RequestVerificationToken" type="hidden" value="(?<token>[^"]+)""")]
    private static partial Regex Token();
}
