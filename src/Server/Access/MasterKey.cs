using System.Security.Cryptography;

namespace Sallyport.Server.Access;

/// <summary>
/// The key that the operator keeps apart from the database: whoever has a copy of the database alone can read no secret in
/// it. AES-256-GCM (NIST SP 800-38D), a random nonce each time. All replicas have the same.
/// </summary>
internal sealed class MasterKey
{
    private const int KeyBytes = 32;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    private readonly byte[] key;

    private MasterKey(byte[] key) => this.key = key;

    /// <summary>Reads the file, or makes it, readable by its owner alone.</summary>
    /// <exception cref="InvalidDataException">It holds something else.</exception>
    public static MasterKey Open(string path)
    {
        if (!File.Exists(path))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            var temporary = $"{path}.{Guid.NewGuid():n}";
            var options = new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            };
            using (var file = new FileStream(temporary, options))
            {
                file.Write(RandomNumberGenerator.GetBytes(KeyBytes));
                file.Flush(flushToDisk: true);
            }

            try
            {
                File.Move(temporary, path, overwrite: false);
            }
            catch (IOException) when (File.Exists(path))
            {
                // Another that starts at the same time was quicker: its key is the key.
                File.Delete(temporary);
            }
        }

        var bytes = File.ReadAllBytes(path);
        return bytes.Length == KeyBytes
            ? new MasterKey(bytes)
            : throw new InvalidDataException($"{path} holds {bytes.Length} bytes; a master key has {KeyBytes}, at random.");
    }

    public byte[] Protect(ReadOnlySpan<byte> plain)
    {
        var result = new byte[NonceBytes + TagBytes + plain.Length];
        var nonce = result.AsSpan(0, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        using var cipher = new AesGcm(key, TagBytes);
        cipher.Encrypt(nonce, plain, result.AsSpan(NonceBytes + TagBytes), result.AsSpan(NonceBytes, TagBytes));
        return result;
    }

    /// <exception cref="CryptographicException">It was made with another key, or changed.</exception>
    public byte[] Unprotect(ReadOnlySpan<byte> secret)
    {
        if (secret.Length < NonceBytes + TagBytes)
        {
            throw new CryptographicException("the secret is too short");
        }

        var plain = new byte[secret.Length - NonceBytes - TagBytes];
        using var cipher = new AesGcm(key, TagBytes);
        cipher.Decrypt(secret[..NonceBytes], secret[(NonceBytes + TagBytes)..], secret.Slice(NonceBytes, TagBytes), plain);
        return plain;
    }
}
