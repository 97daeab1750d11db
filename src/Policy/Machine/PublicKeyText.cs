using System.Diagnostics.CodeAnalysis;

namespace Sallyport.Policy.Machine;

/// <summary>A public key of an owner (Ed25519, RFC 8032) as the server shows it and agent.yml has it.</summary>
public static class PublicKeyText
{
    /// <summary>Bytes of a key.</summary>
    public const int KeyBytes = 32;

    /// <summary>What is accepted, for mistakes.</summary>
    public const string Accepted = "\"ed25519:\" and 32 bytes in base64, as the server's pages of the deny list and of overrides show it";

    private const string Prefix = "ed25519:";

    /// <summary>As in <c>ed25519:11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=</c>.</summary>
    /// <param name="key"><see cref="KeyBytes"/> bytes.</param>
    public static string Of(ReadOnlySpan<byte> key) => Prefix + Convert.ToBase64String(key);

    /// <summary>Reads a key.</summary>
    /// <param name="text">Whatever stands there.</param>
    /// <param name="key"><see cref="KeyBytes"/> bytes, when true is returned.</param>
    public static bool TryRead(string text, [NotNullWhen(true)] out byte[]? key)
    {
        ArgumentNullException.ThrowIfNull(text);
        byte[] bytes = new byte[KeyBytes];
        bool isKey = text.StartsWith(Prefix, StringComparison.Ordinal)
            && Convert.TryFromBase64String(text[Prefix.Length..], bytes, out int count)
            && count == KeyBytes && Of(bytes) == text;
        key = isKey ? bytes : null;
        return isKey;
    }
}
