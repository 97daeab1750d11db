using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Sallyport.Server.Access;

/// <summary>Secrets that the server gives out: 32 random bytes, shown once, kept as SHA-256 (they need no slow hash).</summary>
internal static class Secrets
{
    public const int Bytes = 32;

    public static string New() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Bytes));

    /// <summary>Ids: 128 bits, of which the first are the time: they sort by it (RFC 9562, version 7).</summary>
    public static string NewId(DateTimeOffset now) => Guid.CreateVersion7(now).ToString("n");

    public static string Digest(string secret) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));

    public static bool AreEqual(string left, string right) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(left), Encoding.UTF8.GetBytes(right));
}
