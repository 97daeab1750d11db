using System.Net;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Sallyport.Server.Access;

namespace Sallyport.Server.Tests.Ui;

/// <summary>Somebody at the pages, over HTTP with cookies, signed in by a one-time link as people do.</summary>
internal sealed partial class Visitor : IDisposable
{
    private readonly HttpClient client;

    private Visitor(TestServer server) => client = new HttpClient(new CookieJar(), disposeHandler: true)
    {
        BaseAddress = server.Address,
        DefaultRequestHeaders = { { "Accept", "text/html,*/*" } },
    };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Nobody: not signed in.</summary>
    public static Visitor Stranger(TestServer server) => new(server);

    /// <summary>The administrator of the server.</summary>
    public static async Task<Visitor> AdministratorAsync(TestServer server) => await ByLinkAsync(
        server, await server.Services.GetRequiredService<Accounts>().InviteAdministratorAsync(Actor.Console, Cancellation));

    /// <summary>Somebody with a role in an organisation.</summary>
    public static async Task<Visitor> WithRoleAsync(TestServer server, string owner, Role role) => await ByLinkAsync(
        server,
        (await server.Services.GetRequiredService<Accounts>().InviteAsync(Actor.Console, $"{role} of {owner}", owner, role, Cancellation))!);

    public Task<HttpResponseMessage> SendAsync(string path) => client.GetAsync(new Uri(path, UriKind.Relative), Cancellation);

    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request) => client.SendAsync(request, Cancellation);

    /// <summary>The page, which must be there.</summary>
    public async Task<string> PageAsync(string path)
    {
        using var response = await SendAsync(path);
        var text = await response.Content.ReadAsStringAsync(Cancellation);
        Assert.True(response.StatusCode == HttpStatusCode.OK, $"{path}: {response.StatusCode}\n{text}");
        return text;
    }

    /// <summary>Sends a form of a page, with the page's token against forged requests.</summary>
    public async Task<HttpResponseMessage> PostAsync(string page, string action, params (string Name, string Value)[] fields)
    {
        var token = Token().Match(await PageAsync(page)).Groups["token"].Value;
        return await PostWithoutTokenAsync(action, [.. fields, ("__RequestVerificationToken", WebUtility.HtmlDecode(token))]);
    }

    public async Task<HttpResponseMessage> PostWithoutTokenAsync(string action, params (string Name, string Value)[] fields)
    {
        using var content = new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value)));
        return await client.PostAsync(new Uri(action, UriKind.Relative), content, Cancellation);
    }

    public void Dispose() => client.Dispose();

    private static async Task<Visitor> ByLinkAsync(TestServer server, string secret)
    {
        var visitor = new Visitor(server);
        using var response = await visitor.PostAsync($"/sign-in/link/{secret}", $"/sign-in/link/{secret}");
        Assert.Equal(HttpStatusCode.Found, response.StatusCode);
        return visitor;
    }

    [GeneratedRegex("""name="__RequestVerificationToken" type="hidden" value="(?<token>[^"]+)""")]
    private static partial Regex Token();
}
