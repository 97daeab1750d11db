using System.Text.Json;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace Sallyport.Server.Access;

/// <summary>
/// The key set of one issuer: fetched at the first need, kept for <see cref="Kept"/>, and fetched anew for a key that is not in it,
/// not more often than every <see cref="Pause"/>: a stranger's token costs the issuer no requests.
/// </summary>
internal sealed class IssuerKeys(Uri issuer, Func<HttpClient> http, TimeProvider time)
{
    public static readonly TimeSpan Kept = TimeSpan.FromHours(12);

    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    private readonly Lock gate = new();
    private Task<OpenIdConnectConfiguration>? fetch;
    private OpenIdConnectConfiguration? known;
    private DateTimeOffset fetched = DateTimeOffset.MinValue;
    private DateTimeOffset renewed = DateTimeOffset.MinValue;
    private DateTimeOffset failed = DateTimeOffset.MinValue;

    /// <summary>The keys.</summary>
    /// <exception cref="InvalidOperationException">They cannot be fetched, and none are kept.</exception>
    public async Task<OpenIdConnectConfiguration> GetAsync(CancellationToken cancellation)
    {
        if (known is { } kept && time.GetUtcNow() - fetched < Kept)
        {
            return kept;
        }

        return await FetchAsync(cancellation);
    }

    /// <summary>The keys anew; null when they were renewed a moment ago.</summary>
    public async Task<OpenIdConnectConfiguration?> RenewAsync(CancellationToken cancellation)
    {
        if (time.GetUtcNow() - renewed < Pause)
        {
            return null;
        }

        renewed = time.GetUtcNow();
        return await FetchAsync(cancellation);
    }

    // One fetch at a time, and who asks meanwhile waits for it. Whoever goes away leaves it to the others.
    private Task<OpenIdConnectConfiguration> FetchAsync(CancellationToken cancellation)
    {
        lock (gate)
        {
            if (fetch is not { IsCompleted: false })
            {
                fetch = FetchAsync();
            }

            return fetch.WaitAsync(cancellation);
        }
    }

    private async Task<OpenIdConnectConfiguration> FetchAsync()
    {
        if (time.GetUtcNow() - failed < Pause)
        {
            return known ?? throw new InvalidOperationException($"the keys of {issuer} could not be fetched a moment ago");
        }

        try
        {
            // Ends by the client's own time limit.
            var retriever = new HttpDocumentRetriever(http()) { RequireHttps = !issuer.IsLoopback };
            known = await OpenIdConnectConfigurationRetriever.GetAsync(
                $"{issuer.ToString().TrimEnd('/')}/.well-known/openid-configuration", retriever, CancellationToken.None);
            fetched = time.GetUtcNow();
            return known;
        }
        catch (Exception e) when (e is IOException or ArgumentException or JsonException)
        {
            failed = time.GetUtcNow();
            return known ?? throw new InvalidOperationException($"the keys of {issuer} cannot be fetched: {e.InnerException?.Message ?? e.Message}", e);
        }
    }
}
