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
    /// <exception cref="InvalidDataException">It holds something else, or cannot be read or made.</exception>
    public static MasterKey Open(string path)
    {
        try
        {
            if (!Path.Exists(path))
            {
                Make(path);
            }

            return Read(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException($"masterKeyFile: {path} cannot be read or made: {e.Message} It is a file of {KeyBytes} random bytes.", e);
        }
    }

    private static MasterKey Read(string path)
    {
        using var file = File.OpenRead(path);
        var bytes = new byte[KeyBytes + 1];
        var count = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return count == KeyBytes
            ? new MasterKey(bytes[..KeyBytes])
            : throw new InvalidDataException(
                $"masterKeyFile: {path} holds {(count > KeyBytes ? $"more than {KeyBytes}" : count)} bytes; a master key has {KeyBytes}, at random. "
                + "Put the earlier file back; of a new server remove it, and it is made.");
    }

    private static void Make(string path)
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
