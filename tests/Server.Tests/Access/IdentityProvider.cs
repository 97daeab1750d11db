using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Sallyport.Server.Tests.Access;

/// <summary>
/// An OpenID Connect provider that signs in whoever comes, as <see cref="Subject"/>: discovery, authorize, token with PKCE, userinfo
/// and keys. <see cref="What"/> makes one thing of it wrong.
/// </summary>
internal sealed class IdentityProvider : IAsyncDisposable
{
    public const string ClientId = "sallyport";
    public const string ClientSecret = "of the client";

    private readonly ConcurrentDictionary<string, (string Nonce, string Challenge)> codes = new();
    private readonly SigningKey key = new("key", 0);
    private readonly SigningKey foreign = new("key", -1);
    private LoopbackSite? site;

    /// <summary>What is wrong with it.</summary>
    public string What { get; set; } = "";

    public string Subject { get; set; } = "1";

    /// <summary>Claims that the endpoint for them tells, beside the subject.</summary>
    public Dictionary<string, string> Told { get; } = new() { ["preferred_username"] = "mona" };

    public string Address => site!.Address;

    public Dictionary<string, string?> Settings => new()
    {
        ["signIn:authority"] = Address, ["signIn:clientId"] = ClientId, ["signIn:clientSecret"] = ClientSecret,
    };

    public static async Task<IdentityProvider> StartAsync()
    {
        var provider = new IdentityProvider();
        provider.site = await LoopbackSite.StartAsync(provider.Map);
        return provider;
    }

    public ValueTask DisposeAsync() => site!.DisposeAsync();

    private void Map(WebApplication app)
    {
        app.MapGet("/.well-known/openid-configuration", () => What == "no discovery" ? Results.StatusCode(503) : Results.Json(new
        {
            issuer = Address,
            authorization_endpoint = $"{Address}/authorize",
            token_endpoint = $"{Address}/token",
            userinfo_endpoint = $"{Address}/userinfo",
            jwks_uri = $"{Address}/keys",
        }));
        app.MapGet("/keys", () => Results.Text(key.Set(), "application/json"));
        app.MapGet("/authorize", Authorize);
        app.MapPost("/token", TokenAsync);
        app.MapGet("/userinfo", (HttpRequest request) => request.Headers.Authorization == "Bearer access"
            ? Results.Json(Told.Append(new("sub", What == "somebody else at userinfo" ? "other" : Subject)).ToDictionary())
            : Results.StatusCode(401));
    }

    private IResult Authorize(HttpRequest request)
    {
        var asked = request.Query;
        Assert.Equal($"code {ClientId} S256", $"{asked["response_type"]} {asked["client_id"]} {asked["code_challenge_method"]}");
        var code = Guid.NewGuid().ToString("n");
        codes[code] = (asked["nonce"]!, asked["code_challenge"]!);
        var state = What == "wrong state" ? Flip(asked["state"]!) : asked["state"].ToString();
        return Results.Redirect(QueryHelpers.AddQueryString(asked["redirect_uri"]!, What switch
        {
            "declined" => new() { ["error"] = "access_denied", ["state"] = state },
            "no state" => new() { ["code"] = code },
            _ => new Dictionary<string, string?> { ["code"] = code, ["state"] = state },
        }));
    }

    private async Task<IResult> TokenAsync(HttpRequest request)
    {
        var asked = await request.ReadFormAsync();
        var challenge = WebEncoders.Base64UrlEncode(SHA256.HashData(Encoding.ASCII.GetBytes(asked["code_verifier"].ToString())));
        return asked["client_secret"] == ClientSecret && codes.TryRemove(asked["code"]!, out var code) && challenge == code.Challenge
            ? Results.Json(new { access_token = "access", token_type = "Bearer", id_token = Token(code.Nonce) })
            : Results.Json(new { error = "invalid_grant" }, statusCode: 400);
    }

    private string Token(string nonce)
    {
        var now = DateTime.UtcNow;
        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = What == "wrong issuer" ? "https://elsewhere.example.test" : Address,
            Audience = What == "wrong audience" ? "another" : ClientId,
            IssuedAt = now.AddMinutes(-30),
            Expires = What == "expired" ? now.AddMinutes(-10) : now.AddMinutes(10),
            Claims = new Dictionary<string, object> { ["sub"] = Subject, ["nonce"] = What == "wrong nonce" ? Flip(nonce) : nonce },
            SigningCredentials = What switch { "other key" => foreign.Credentials, "no signature" => null, _ => key.Credentials },
        });
    }

    private static string Flip(string text) => (text[0] == 'A' ? 'B' : 'A') + text[1..];
}
