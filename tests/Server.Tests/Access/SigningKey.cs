using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.IdentityModel.Tokens;

namespace Sallyport.Server.Tests.Access;

/// <summary>An RSA key of an issuer, and the set that it publishes. To make one takes a while: each number's is made once.</summary>
internal sealed class SigningKey(string id, int number)
{
    private static readonly ConcurrentDictionary<int, Lazy<RSA>> Made = new();

    private readonly RSA rsa = Made.GetOrAdd(number, _ => new(() => RSA.Create(2048))).Value;

    public SigningCredentials Credentials => new(new RsaSecurityKey(rsa.ExportParameters(true)) { KeyId = id }, SecurityAlgorithms.RsaSha256);

    /// <summary>HMAC by the public key, which everybody has.</summary>
    public SigningCredentials Symmetric => new(
        new SymmetricSecurityKey(rsa.ExportSubjectPublicKeyInfo()) { KeyId = id }, SecurityAlgorithms.HmacSha256);

    /// <summary>As RFC 7517 has it.</summary>
    public string Set()
    {
        var key = JsonWebKeyConverter.ConvertFromRSASecurityKey(new RsaSecurityKey(rsa.ExportParameters(false)) { KeyId = id });
        return JsonSerializer.Serialize(new { keys = new[] { new { kty = key.Kty, kid = key.Kid, n = key.N, e = key.E, use = "sig", alg = "RS256" } } });
    }
}
