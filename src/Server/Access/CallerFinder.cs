namespace Sallyport.Server.Access;

/// <summary>Who calls the interface for agents, by the bearer token of the request (RFC 6750).</summary>
internal sealed class CallerFinder(ApiKeys keys, JobTokens tokens, ServerKeys serverKeys)
{
    private const string Scheme = "Bearer ";

    // The longest that is looked at: GitHub's tokens have about 2 KB.
    private const int MaximumCharacters = 16 << 10;

    /// <summary>By API key or job's token; null when it is neither.</summary>
    /// <exception cref="KeysAwayException">That cannot be said now.</exception>
    public async Task<Caller?> FindAsync(HttpRequest request, CancellationToken cancellation) =>
        TokenOf(request) is { } token
            ? await keys.FindAsync(token, ApiKeyRow.AgentScope, cancellation) ?? await tokens.FindAsync(token, cancellation)
            : null;

    /// <summary>Whether the request holds the token of that job's registration.</summary>
    public async Task<bool> MayUploadAsync(HttpRequest request, string job, CancellationToken cancellation) =>
        TokenOf(request) is { } token && Secrets.AreEqual(token, await serverKeys.UploadTokenAsync(job, cancellation));

    /// <summary>The bearer token; null without one.</summary>
    public static string? TokenOf(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        return header.Length is > 7 and < MaximumCharacters && header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            ? header[Scheme.Length..].Trim()
            : null;
    }
}
