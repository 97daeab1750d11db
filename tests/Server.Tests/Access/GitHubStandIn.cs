using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace Sallyport.Server.Tests.Access;

/// <summary>The three endpoints of a GitHub Enterprise Server by which its users sign in elsewhere; it signs in the octocat.</summary>
internal sealed class GitHubStandIn : IAsyncDisposable
{
    private const string Secret = "of the client";

    private LoopbackSite? site;

    /// <summary>What is wrong with it.</summary>
    public string What { get; set; } = "";

    public string Address => site!.Address;

    public Dictionary<string, string?> Settings => new()
    {
        ["signIn:preset"] = "github", ["signIn:authority"] = Address, ["signIn:clientId"] = "sallyport", ["signIn:clientSecret"] = Secret,
    };

    public static async Task<GitHubStandIn> StartAsync()
    {
        var provider = new GitHubStandIn();
        provider.site = await LoopbackSite.StartAsync(provider.Map);
        return provider;
    }

    public ValueTask DisposeAsync() => site!.DisposeAsync();

    private void Map(WebApplication app)
    {
        app.MapGet("/login/oauth/authorize", (HttpRequest request) => Results.Redirect(QueryHelpers.AddQueryString(
            request.Query["redirect_uri"]!,
            new Dictionary<string, string?> { ["code"] = "code", ["state"] = What == "wrong state" ? "x" : request.Query["state"] })));
        // A mistake is an answer like any other there: 200.
        app.MapPost("/login/oauth/access_token", async (HttpRequest request) =>
            await request.ReadFormAsync() is var asked && asked["client_secret"] == Secret && asked["code"] == "code" && What != "bad code"
                ? Results.Json(new { access_token = "gho_x", token_type = "bearer", scope = "" })
                : Results.Json(new { error = "bad_verification_code" }));
        app.MapGet("/api/v3/user", (HttpRequest request) => What switch
        {
            "no user" => Results.StatusCode(502),
            "user without id" => Results.Json(new { login = "octocat" }),
            _ when request.Headers.Authorization != "Bearer gho_x" || request.Headers.UserAgent.Count == 0 => Results.StatusCode(403),
            _ => Results.Json(new { login = "octocat", id = 583231 }),
        });
    }
}
