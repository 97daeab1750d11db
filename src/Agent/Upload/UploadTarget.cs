namespace Sallyport.Agent.Upload;

/// <summary>Where a recording goes.</summary>
/// <param name="Server">Address of the server, as in <c>https://sallyport.example.com</c>.</param>
/// <param name="Credential">API key, or the job's OpenID Connect token.</param>
/// <param name="Proxy">Of HTTP, on the way there; null for none.</param>
internal sealed record UploadTarget(Uri Server, string Credential, string? Proxy = null)
{
    /// <summary>Characters of a credential: GitHub's tokens have about 2 KB.</summary>
    internal const int MaximumCredential = 16 << 10;

    /// <summary>Whether the text can be one: printable ASCII without blanks and quotes, as RFC 6750 has it.</summary>
    internal static bool IsCredential(string text) =>
        text.Length is > 0 and <= MaximumCredential && text.All(c => char.IsAsciiLetterOrDigit(c) || "-._~+/=".Contains(c, StringComparison.Ordinal));

    /// <summary>Address of a path below the server's.</summary>
    internal string AddressOf(string path) => $"{Server.GetLeftPart(UriPartial.Path).TrimEnd('/')}/{path}";

    /// <summary>The same with a query; what has no value is left out.</summary>
    internal string AddressOf(string path, params IEnumerable<(string Name, string? Value)> query) =>
        AddressOf($"{path}?{string.Join('&', query.Where(pair => !string.IsNullOrEmpty(pair.Value)).Select(pair => $"{pair.Name}={Uri.EscapeDataString(pair.Value!)}"))}");
}
