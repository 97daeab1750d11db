using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Sallyport.Lab.Servers;

/// <summary>
/// Gives out tokens of jobs as GitHub does (OpenID Connect): <c>/id-token?run=101&amp;audience=x</c> is answered with a token of that run of octo/demo,
/// for whoever asks; and its keys where OpenID Connect Discovery 1.0 has them. What is asked for a run of somebody else's is the test's doing.
/// </summary>
internal static class TokenIssuer
{
    private const string Issuer = $"https://{World.TokenHost}";
    private const string KeyId = "lab";

    private static readonly Lazy<RSA> s_key = new(() => RSA.Create(2048));

    internal static string? TryAnswer(HttpHead head) => head.Target.Split('?') switch
    {
        ["/.well-known/openid-configuration"] => new JsonObject { ["issuer"] = Issuer, ["jwks_uri"] = $"{Issuer}/id-keys" }.ToJsonString(),
        ["/id-keys"] => Keys(),
        ["/id-token", var query] => new JsonObject { ["count"] = 1, ["value"] = Token(Fields(query)) }.ToJsonString(),
        _ => null,
    };

    private static Dictionary<string, string> Fields(string query) => query.Split('&').Select(field => field.Split('='))
        .Where(field => field.Length == 2).ToDictionary(field => field[0], field => Uri.UnescapeDataString(field[1]));

    // RFC 7517, and RFC 7518 section 6.3.1.
    private static string Keys()
    {
        RSAParameters key = s_key.Value.ExportParameters(includePrivateParameters: false);
        return new JsonObject
        {
            ["keys"] = new JsonArray(new JsonObject
            {
                ["kty"] = "RSA", ["use"] = "sig", ["alg"] = "RS256", ["kid"] = KeyId, ["n"] = Text(key.Modulus), ["e"] = Text(key.Exponent),
            }),
        }.ToJsonString();
    }

    // RFC 7515, section 3.1.
    private static string Token(Dictionary<string, string> asked)
    {
        long now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        string head = new JsonObject { ["alg"] = "RS256", ["typ"] = "JWT", ["kid"] = KeyId }.ToJsonString();
        string claims = new JsonObject
        {
            ["iss"] = Issuer,
            ["aud"] = asked.GetValueOrDefault("audience", ""),
            ["iat"] = now,
            ["nbf"] = now - 300,
            ["exp"] = now + 300,
            ["repository"] = "octo/demo",
            ["repository_owner"] = "octo",
            ["run_id"] = asked.GetValueOrDefault("run", "1"),
            ["run_attempt"] = "1",
        }.ToJsonString();
        string signed = $"{Text(Encoding.UTF8.GetBytes(head))}.{Text(Encoding.UTF8.GetBytes(claims))}";
        byte[] signature = s_key.Value.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        return $"{signed}.{Text(signature)}";
    }

    private static string Text(byte[]? bytes) => System.Buffers.Text.Base64Url.EncodeToString(bytes);
}
