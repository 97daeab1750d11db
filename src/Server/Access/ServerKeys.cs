using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.DataProtection;
using Sallyport.Server.Store;

namespace Sallyport.Server.Access;

/// <summary>Secrets of the server itself, one for all replicas: made once, kept in the database, encrypted by data protection.</summary>
internal sealed class ServerKeys(Database database, IDataProtectionProvider protection, TimeProvider time)
{
    private readonly IDataProtector protector = protection.CreateProtector("Sallyport.ServerKeys");
    private byte[]? uploads;

    /// <summary>Token by which the holder may write one job: HMAC-SHA-256 of its key, so nothing of it is stored.</summary>
    public async Task<string> UploadTokenAsync(string job, CancellationToken cancellation)
    {
        uploads ??= await GetAsync("uploads", cancellation);
        return Convert.ToHexStringLower(HMACSHA256.HashData(uploads, Encoding.UTF8.GetBytes(job)));
    }

    /// <summary>The secret of that name.</summary>
    public async Task<byte[]> GetAsync(string name, CancellationToken cancellation)
    {
        var made = Convert.ToBase64String(protector.Protect(RandomNumberGenerator.GetBytes(Secrets.Bytes)));
        var value = await database.WriteAsync(
            async write =>
            {
                await write.ExecuteAsync(
                    "INSERT INTO server_key (name, value, created_ms) VALUES (@name, @made, @now) ON CONFLICT (name) DO NOTHING",
                    new { name, made, now = time.GetUtcNow().ToUnixTimeMilliseconds() });
                return await write.OneAsync<string>("SELECT value FROM server_key WHERE name = @name", new { name });
            },
            cancellation);
        return protector.Unprotect(Convert.FromBase64String(value!));
    }
}
