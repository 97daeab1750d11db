namespace Sallyport.Server.Configuration;

/// <summary>An OpenID Connect provider by which people sign in; GitHub, which is none, by its OAuth.</summary>
/// <param name="IsGitHub">Whether it is GitHub, or a GitHub Enterprise.</param>
/// <param name="Authority">Issuer; of GitHub its address.</param>
/// <param name="ClientId">Of this server at the provider.</param>
/// <param name="ClientSecret">Of this server at the provider.</param>
/// <param name="NameClaim">Claim that names the person; of no meaning for GitHub.</param>
internal sealed record SignInSettings(bool IsGitHub, Uri Authority, string ClientId, string ClientSecret, string NameClaim)
{
    /// <summary>Where the preset leads when no enterprise is named.</summary>
    public static Uri GitHub { get; } = new("https://github.com");
}
