using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Sallyport.Server.Tests.Access;

/// <summary>Signs tokens of jobs, and serves its keys over HTTP, as GitHub does at the root of a host and an Enterprise Server below a path.</summary>
internal sealed class JobIssuer : IAsyncDisposable
{
    private readonly string path;
    private LoopbackSite? site;
    private SigningKey key = new("key0", 0);
    private int number;
    private int asked;

    private JobIssuer(string path) => this.path = path;

    public string Address => site!.Address + path;

    /// <summary>What is wrong with its own answers.</summary>
    public string What { get; set; } = "";

    /// <summary>It answers when this has come.</summary>
    public Task Ready { get; set; } = Task.CompletedTask;

    /// <summary>How often somebody asked where its keys are.</summary>
    public int Asked => asked;

    /// <summary>Settings of a server that takes its tokens.</summary>
    public Dictionary<string, string?> Settings => new()
    {
        ["publicUrl"] = "https://sallyport.test", ["issuers:0:issuer"] = Address, ["issuers:0:owners"] = "octo, second",
    };

    /// <param name="path">Below its host, as in <c>/_services/token</c>.</param>
    public static async Task<JobIssuer> StartAsync(string path = "")
    {
        var issuer = new JobIssuer(path);
        issuer.site = await LoopbackSite.StartAsync(issuer.Map);
        return issuer;
    }

    /// <summary>Another key from here on.</summary>
    public void Rotate()
    {
        number++;
        key = new SigningKey($"key{number}", number);
    }

    /// <summary>A token of job octo/site, run 100, with one thing wrong; "good" for none.</summary>
    public string Token(string what, TimeProvider? clock = null)
    {
        var now = (clock ?? TimeProvider.System).GetUtcNow().UtcDateTime;
        var owner = what == "owner that may not write" ? "stranger" : "octo";
        var foreign = new SigningKey($"key{number}", -1);
        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = what switch
            {
                "other issuer" => "https://token.example.test",
                "the host of the issuer" => site!.Address,
                "a path below the issuer" => $"{Address}/other",
                _ => Address,
            },
            Audience = what == "other audience" ? "sallyport:other.test" : "sallyport:sallyport.test",
            IssuedAt = now,
            NotBefore = what == "not yet" ? now.AddMinutes(30) : now.AddMinutes(-10),
            Expires = what == "expired" ? now.AddMinutes(-5) : now.AddMinutes(60),
            Claims = new Dictionary<string, object>
            {
                ["repository"] = what switch
                {
                    "other repository" => "octo/other",
                    "repository of another owner" => "acme/site",
                    _ => $"{owner}/site",
                },
                ["repository_owner"] = owner,
                ["run_id"] = what == "other run" ? "999" : "100",
                ["run_attempt"] = what == "other attempt" ? "2" : "1",
                ["event_name"] = what == "of a pull request" ? "pull_request" : "push",
                ["workflow"] = what == "of another workflow" ? "Release" : "CI",
            },
            SigningCredentials = what switch
            {
                "no signature" => null,
                "symmetric, signed with the public key" => key.Symmetric,
                "other key" => foreign.Credentials,
                _ => key.Credentials,
            },
        });
    }

    public ValueTask DisposeAsync() => site!.DisposeAsync();

    private void Map(WebApplication app)
    {
        app.MapGet($"{path}/.well-known/openid-configuration", async () =>
        {
            Interlocked.Increment(ref asked);
            await Ready;
            return What switch
            {
                "is down" => Results.StatusCode(503),
                "says no JSON" => Results.Text("<html>", "text/html"),
                "says null" => Results.Text("null", "application/json"),
                "has no keys" => Results.Json(new { issuer = Address }),
                _ => Results.Json(new { issuer = Address, jwks_uri = $"{Address}/keys" }),
            };
        });
        app.MapGet($"{path}/keys", () => What switch
        {
            "is down" => Results.StatusCode(503),
            "says no JSON as keys" => Results.Text("{"),
            _ => Results.Text(key.Set(), "application/json"),
        });
    }
}
