using System.Collections.Immutable;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;
using Sallyport.Server.Configuration;

namespace Sallyport.Server.Access;

/// <summary>
/// Tokens that GitHub signs for a job (OpenID Connect): which repository and run is calling, without a secret. The issuer
/// must be configured; its key set is fetched, kept, and fetched anew when a token has a key that is not in it.
/// </summary>
internal sealed partial class JobTokens(ServerSettings settings, IHttpClientFactory http, TimeProvider time, ILogger<JobTokens> log)
{
    private readonly ImmutableDictionary<Uri, IssuerKeys> keys = settings.Issuers.Select(issuer => issuer.Issuer).Distinct().ToImmutableDictionary(
        issuer => issuer, issuer => new IssuerKeys(issuer, () => http.CreateClient(nameof(JobTokens)), time));

    private readonly JsonWebTokenHandler handler = new() { MaximumTokenSizeInBytes = 16 << 10 };

    /// <summary>Which job the token is of; null when it is not valid here.</summary>
    /// <exception cref="KeysAwayException">That cannot be said now.</exception>
    public async Task<Caller?> FindAsync(string token, CancellationToken cancellation)
    {
        if (!handler.CanReadToken(token))
        {
            return null;
        }

        JsonWebToken unverified;
        try
        {
            unverified = handler.ReadJsonWebToken(token);
        }
        catch (Exception e) when (e is ArgumentException or SecurityTokenMalformedException)
        {
            return null;
        }

        var issuer = settings.Issuers.FirstOrDefault(known => IsSame(known.Issuer, unverified.Issuer));
        if (issuer is null)
        {
            LogRefused(log, "its issuer is not configured");
            return null;
        }

        var result = await ValidateAsync(token, issuer, cancellation);
        if (!result.IsValid)
        {
            LogRefused(log, result.Exception?.GetType().Name ?? "it is not valid");
            return null;
        }

        return CallerOf(result, issuer);
    }

    private async Task<TokenValidationResult> ValidateAsync(string token, TokenIssuer issuer, CancellationToken cancellation)
    {
        try
        {
            var seen = await keys[issuer.Issuer].GetAsync(cancellation);
            var result = await ValidateAsync(token, issuer, seen);
            return result.Exception is SecurityTokenSignatureKeyNotFoundException
                && await keys[issuer.Issuer].RenewAsync(seen, cancellation) is { } renewed
                    ? await ValidateAsync(token, issuer, renewed)
                    : result;
        }
        catch (KeysAwayException e)
        {
            LogNoKeys(log, issuer.Issuer, e.Message);
            throw;
        }
    }

    private Caller? CallerOf(TokenValidationResult result, TokenIssuer issuer)
    {
        string? Claim(string name) => result.Claims.TryGetValue(name, out var value) ? value.ToString() : null;
        var (repository, owner, run) = (Claim("repository"), Claim("repository_owner"), Claim("run_id"));
        if (repository is null || owner is null || run is null
            || !repository.StartsWith($"{owner}/", StringComparison.OrdinalIgnoreCase))
        {
            LogRefused(log, "it names no repository or run");
            return null;
        }

        if (!issuer.Owners.Contains(owner))
        {
            LogRefused(log, "its owner may not write here");
            return null;
        }

        return new Caller(owner, $"token:{repository}", repository, run, Claim("run_attempt"), Claim("event_name"), Claim("workflow"));
    }

    private Task<TokenValidationResult> ValidateAsync(string token, TokenIssuer issuer, OpenIdConnectConfiguration known) =>
        handler.ValidateTokenAsync(token, new TokenValidationParameters
        {
            ValidIssuers = [issuer.Issuer.ToString(), issuer.Issuer.ToString().TrimEnd('/')],
            ValidAudience = settings.Audience,
            IssuerSigningKeys = known.SigningKeys,
            ValidAlgorithms = [SecurityAlgorithms.RsaSha256, SecurityAlgorithms.EcdsaSha256],
            RequireExpirationTime = true,
            RequireSignedTokens = true,
            ClockSkew = TimeSpan.FromMinutes(1),
            LifetimeValidator = (notBefore, expires, _, parameters) =>
            {
                var now = time.GetUtcNow().UtcDateTime;
                return expires > now - parameters.ClockSkew && (notBefore is null || notBefore < now + parameters.ClockSkew);
            },
        });

    private static bool IsSame(Uri issuer, string text) =>
        string.Equals(issuer.ToString().TrimEnd('/'), text.TrimEnd('/'), StringComparison.Ordinal);

    [LoggerMessage(1, LogLevel.Information, "a job's token was refused: {Why}")]
    private static partial void LogRefused(ILogger log, string why);

    [LoggerMessage(2, LogLevel.Warning, "tokens of {Issuer} cannot be checked: {Why}")]
    private static partial void LogNoKeys(ILogger log, Uri issuer, string why);
}
