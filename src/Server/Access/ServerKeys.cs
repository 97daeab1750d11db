using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.DataProtection;
using Sallyport.Server.Store;

namespace Sallyport.Server.Access;

/// <summary>Secrets of the server itself, one for all replicas: made once, kept in the database, encrypted by data protection.</summary>
internal sealed class ServerKeys(Database database, IDataProtectionProvider protection, TimeProvider time)
{
    /// <summary>What it means that they are made anew, as docs/server.md has it.</summary>
    public const string MadeAnew =
        "people sign in again, and what jobs that run still send is refused; `sallyport upload` sends it again; deny lists and overrides get a new key";

    private const string Find = "SELECT value FROM server_key WHERE name = @name";

    private readonly IDataProtector protector = protection.CreateProtector("Sallyport.ServerKeys");
    private byte[]? uploads;

    /// <summary>Token by which the holder may write one job: HMAC-SHA-256 of its key, so nothing of it is stored.</summary>
    public async Task<string> UploadTokenAsync(string job, CancellationToken cancellation)
    {
        uploads ??= await GetAsync("uploads", cancellation);
        return Convert.ToHexStringLower(HMACSHA256.HashData(uploads, Encoding.UTF8.GetBytes(job)));
    }

    /// <summary>
    /// The private key by which deny lists and overrides of an owner are signed. Both halves of a pair are made of it: an Ed25519 private key
    /// is any 32 bytes (RFC 8032, 5.1.5).
    /// </summary>
    public Task<byte[]> SigningKeyAsync(string owner, CancellationToken cancellation) => GetAsync($"deny-list:{owner}", cancellation);

    /// <summary>The secret of that name; made when it is first asked for.</summary>
    public async Task<byte[]> GetAsync(string name, CancellationToken cancellation)
    {
        var value = await database.OneAsync<string>(Find, new { name }, cancellation) ?? await MakeAsync(name, cancellation);
        return protector.Unprotect(Convert.FromBase64String(value));
    }

    // Of two that make it at once, the first one's is the key.
    private async Task<string> MakeAsync(string name, CancellationToken cancellation)
    {
        var made = Convert.ToBase64String(protector.Protect(RandomNumberGenerator.GetBytes(Secrets.Bytes)));
        return await database.WriteAsync(
            async write =>
            {
                await write.ExecuteAsync(
                    "INSERT INTO server_key (name, value, created_ms) VALUES (@name, @made, @now) ON CONFLICT (name) DO NOTHING",
                    new { name, made, now = time.GetUtcNow().ToUnixTimeMilliseconds() });
                return (await write.OneAsync<string>(Find, new { name }))!;
            },
            cancellation);
    }
}
