namespace Sallyport.Server.Configuration;

/// <summary>An OpenID Connect provider by which people sign in; GitHub, which is none, by its OAuth.</summary>
/// <param name="Authority">Issuer; null for GitHub.</param>
/// <param name="ClientId">Of this server at the provider.</param>
/// <param name="ClientSecret">Of this server at the provider.</param>
/// <param name="NameClaim">Claim that names the person.</param>
internal sealed record SignInSettings(Uri? Authority, string ClientId, string ClientSecret, string NameClaim)
{
    /// <summary>Whether it is the preset for GitHub.</summary>
    public bool IsGitHub => Authority is null;
}
