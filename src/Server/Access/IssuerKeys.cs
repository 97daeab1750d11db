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

    /// <summary>The keys; while the issuer is away, those that are kept.</summary>
    /// <exception cref="KeysAwayException">They cannot be fetched, and none are kept.</exception>
    public async Task<OpenIdConnectConfiguration> GetAsync(CancellationToken cancellation)
    {
        Task<OpenIdConnectConfiguration> keys;
        OpenIdConnectConfiguration? kept;
        lock (gate)
        {
            kept = known;
            if (kept is not null && time.GetUtcNow() - fetched < Kept)
            {
                return kept;
            }

            keys = Fetch();
        }

        try
        {
            return await keys.WaitAsync(cancellation);
        }
        catch (KeysAwayException) when (kept is not null)
        {
            return kept;
        }
    }

    /// <summary>The keys anew, for a token whose key is not among those; null when they were fetched a moment ago, and the key is nobody's.</summary>
    /// <param name="seen">In which the key is not: whatever came since is an answer.</param>
    /// <param name="cancellation">Of who asks.</param>
    /// <exception cref="KeysAwayException">They cannot be fetched: whose the key is is not known.</exception>
    public async Task<OpenIdConnectConfiguration?> RenewAsync(OpenIdConnectConfiguration seen, CancellationToken cancellation)
    {
        Task<OpenIdConnectConfiguration> keys;
        lock (gate)
        {
            if (known is { } now && !ReferenceEquals(now, seen))
            {
                return now;
            }

            var isUnderWay = fetch is { IsCompleted: false };
            if (!isUnderWay && time.GetUtcNow() - failed >= Pause)
            {
                if (time.GetUtcNow() - renewed < Pause)
                {
                    return null;
                }

                renewed = time.GetUtcNow();
            }

            keys = Fetch();
        }

        return await keys.WaitAsync(cancellation);
    }

    // Within the gate. One fetch at a time, and who asks meanwhile waits for it. Whoever goes away leaves it to the others.
    private Task<OpenIdConnectConfiguration> Fetch()
    {
        if (fetch is not { IsCompleted: false })
        {
            fetch = time.GetUtcNow() - failed < Pause
                ? Task.FromException<OpenIdConnectConfiguration>(new KeysAwayException($"the keys of {issuer} could not be fetched a moment ago"))
                : FetchAsync();
        }

        return fetch;
    }

    private async Task<OpenIdConnectConfiguration> FetchAsync()
    {
        // What follows takes the gate by itself.
        await Task.Yield();
        try
        {
            // Ends by the client's own time limit.
            var retriever = new HttpDocumentRetriever(http()) { RequireHttps = !issuer.IsLoopback };
            var keys = await OpenIdConnectConfigurationRetriever.GetAsync(
                $"{issuer.ToString().TrimEnd('/')}/.well-known/openid-configuration", retriever, CancellationToken.None);
            if (keys.SigningKeys.Count == 0)
            {
                throw new IOException("it has none");
            }

            lock (gate)
            {
                known = keys;
                fetched = time.GetUtcNow();
            }

            return keys;
        }
        catch (Exception e) when (e is IOException or ArgumentException or JsonException)
        {
            lock (gate)
            {
                failed = time.GetUtcNow();
            }

            throw new KeysAwayException($"the keys of {issuer} cannot be fetched: {e.InnerException?.Message ?? e.Message}", e);
        }
    }
}
