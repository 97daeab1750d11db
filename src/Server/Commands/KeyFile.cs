using Sallyport.Protocol.Signing;

namespace Sallyport.Server.Commands;

/// <summary>A private key that no server has seen: its bytes in base64, in a file that <c>deny-list new-key</c> has made.</summary>
internal static class KeyFile
{
    /// <summary>Reads it; null, and a mistake, when the file holds none.</summary>
    public static async Task<byte[]?> ReadAsync(string path, List<string> mistakes, CancellationToken cancellation)
    {
        var secret = new byte[OwnerKey.KeyBytes];
        var text = (await File.ReadAllTextAsync(path, cancellation)).Trim();
        if (Convert.TryFromBase64String(text, secret, out var count) && count == secret.Length)
        {
            return secret;
        }

        mistakes.Add($"{path} holds no key; accepted: what new-key writes");
        return null;
    }
}
