using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Sallyport.Server.Tests.Access;

/// <summary>Tokens of jobs, signed by an issuer of the tests' own that serves its keys over HTTP, as GitHub does.</summary>
public sealed class JobTokenTests(PostgresCluster cluster)
{
    public static TheoryData<string, HttpStatusCode> Cases => new()
    {
        { "good", HttpStatusCode.OK },
        { "other repository", HttpStatusCode.Forbidden },
        { "other run", HttpStatusCode.Forbidden },
        { "other attempt", HttpStatusCode.Forbidden },
        { "other audience", HttpStatusCode.Unauthorized },
        { "expired", HttpStatusCode.Unauthorized },
        { "not yet", HttpStatusCode.Unauthorized },
        { "other key", HttpStatusCode.Unauthorized },
        { "no signature", HttpStatusCode.Unauthorized },
        { "other issuer", HttpStatusCode.Unauthorized },
        { "owner that may not write", HttpStatusCode.Unauthorized },
        { "repository of another owner", HttpStatusCode.Unauthorized },
        { "symmetric, signed with the public key", HttpStatusCode.Unauthorized },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_token_is_for_the_run_that_it_names(string what, HttpStatusCode expected)
    {
        await using var issuer = await Issuer.StartAsync();
        await using var server = await TestServer.StartAsync(
            StoreKind.Sqlite, cluster,
            new()
            {
                ["publicUrl"] = "https://sallyport.test",
                ["issuers:0:issuer"] = issuer.Address,
                ["issuers:0:owners"] = "octo, second",
            });
        using var response = await server.RegisterAsync(issuer.Token(what), TestRecording.Job());
        Assert.Equal(expected, response.StatusCode);
    }

    [Fact]
    public async Task Keys_that_were_rotated_are_fetched_anew()
    {
        await using var issuer = await Issuer.StartAsync();
        await using var server = await TestServer.StartAsync(
            StoreKind.Sqlite, cluster,
            new() { ["publicUrl"] = "https://sallyport.test", ["issuers:0:issuer"] = issuer.Address, ["issuers:0:owners"] = "octo" });
        using var before = await server.RegisterAsync(issuer.Token("good"), TestRecording.Job());
        issuer.Rotate();
        using var after = await server.RegisterAsync(issuer.Token("good"), TestRecording.Job());
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (before.StatusCode, after.StatusCode));
    }

    private sealed class Issuer : IAsyncDisposable
    {
        private readonly WebApplication app;
        private RSA rsa = RSA.Create(2048);
        private int number;

        private Issuer(WebApplication app) => this.app = app;

        public string Address { get; private set; } = "";

        public static async Task<Issuer> StartAsync()
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            var app = builder.Build();
            var issuer = new Issuer(app);
            app.MapGet("/.well-known/openid-configuration", () => Results.Text(
                JsonSerializer.Serialize(new { issuer = issuer.Address, jwks_uri = $"{issuer.Address}/keys" }), "application/json"));
            app.MapGet("/keys", () => Results.Text(issuer.Keys(), "application/json"));
            await app.StartAsync(TestContext.Current.CancellationToken);
            issuer.Address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
            return issuer;
        }

        public void Rotate()
        {
            rsa.Dispose();
            rsa = RSA.Create(2048);
            number++;
        }

        public string Token(string what)
        {
            var now = DateTime.UtcNow;
            var owner = what == "owner that may not write" ? "stranger" : "octo";
            var claims = new Dictionary<string, object>
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
            };
            using var foreign = RSA.Create(2048);
            var key = new RsaSecurityKey(what == "other key" ? foreign.ExportParameters(true) : rsa.ExportParameters(true)) { KeyId = $"key{number}" };
            SigningCredentials? signing = what switch
            {
                "no signature" => null,
                "symmetric, signed with the public key" => new(
                    new SymmetricSecurityKey(rsa.ExportSubjectPublicKeyInfo()) { KeyId = key.KeyId }, SecurityAlgorithms.HmacSha256),
                _ => new(key, SecurityAlgorithms.RsaSha256),
            };
            return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
            {
                Issuer = what == "other issuer" ? "https://token.example.test" : Address,
                Audience = what == "other audience" ? "sallyport:other.test" : "sallyport:sallyport.test",
                IssuedAt = now,
                NotBefore = what == "not yet" ? now.AddMinutes(30) : now.AddMinutes(-10),
                Expires = what == "expired" ? now.AddMinutes(-5) : now.AddMinutes(60),
                Claims = claims,
                SigningCredentials = signing,
            });
        }

        public async ValueTask DisposeAsync()
        {
            await app.DisposeAsync();
            rsa.Dispose();
        }

        private string Keys()
        {
            var key = JsonWebKeyConverter.ConvertFromRSASecurityKey(new RsaSecurityKey(rsa.ExportParameters(false)) { KeyId = $"key{number}" });
            return JsonSerializer.Serialize(new { keys = new[] { new { kty = key.Kty, kid = key.Kid, n = key.N, e = key.E, use = "sig", alg = "RS256" } } });
        }
    }
}
