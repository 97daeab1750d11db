using System.Text.Json;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OAuth;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Sallyport.Server.Configuration;

namespace Sallyport.Server.Access;

/// <summary>Sign-in by the provider that the operator configured: OpenID Connect, or GitHub, which has OAuth 2.0 alone.</summary>
internal static class ProviderSetup
{
    /// <summary>Scheme of the provider.</summary>
    public const string Scheme = "provider";

    private const string CallbackPath = "/sign-in/callback";

    public static void AddProvider(this AuthenticationBuilder authentication, SignInSettings settings, Uri publicUrl)
    {
        if (settings.IsGitHub)
        {
            authentication.AddOAuth(Scheme, options => GitHub(options, settings, publicUrl));
        }
        else
        {
            authentication.AddOpenIdConnect(Scheme, options => OpenIdConnect(options, settings, publicUrl));
        }
    }

    private static void OpenIdConnect(OpenIdConnectOptions options, SignInSettings settings, Uri publicUrl)
    {
        options.Authority = settings.Authority.ToString();
        options.RequireHttpsMetadata = !settings.Authority.IsLoopback;
        options.ClientId = settings.ClientId;
        options.ClientSecret = settings.ClientSecret;
        options.ResponseType = "code";
        // A form that another site sends would come without the cookies below.
        options.ResponseMode = "query";
        options.UsePkce = true;
        options.MapInboundClaims = false;
        options.CallbackPath = CallbackPath;
        options.Scope.Add("profile");
        options.GetClaimsFromUserInfoEndpoint = true;
        options.ClaimActions.MapJsonKey(settings.NameClaim, settings.NameClaim);
        Guard(options.CorrelationCookie, publicUrl);
        Guard(options.NonceCookie, publicUrl);
        options.Events.OnRemoteFailure = ProviderSignIn.FailedAsync;
        options.Events.OnTokenValidated = RequireSignatureAsync;
        options.Events.OnTicketReceived = context =>
            ProviderSignIn.ReceivedAsync(context, options.Authority, [settings.NameClaim, "name", "email", "sub"]);
    }

    // Straight from the token endpoint it may do without (OpenID Connect Core 1.0, section 3.1.3.7); not here.
    private static Task RequireSignatureAsync(TokenValidatedContext context)
    {
        if (context.SecurityToken.SignatureAlgorithm is null or "none")
        {
            context.Fail("the token has no signature");
        }

        return Task.CompletedTask;
    }

    // RFC 6749, with a user endpoint of its own.
    private static void GitHub(OAuthOptions options, SignInSettings settings, Uri publicUrl)
    {
        options.AuthorizationEndpoint = new Uri(settings.Authority, "login/oauth/authorize").ToString();
        options.TokenEndpoint = new Uri(settings.Authority, "login/oauth/access_token").ToString();
        options.UserInformationEndpoint = new Uri(GitHubApi(settings.Authority), "user").ToString();
        options.ClientId = settings.ClientId;
        options.ClientSecret = settings.ClientSecret;
        options.UsePkce = true;
        options.CallbackPath = CallbackPath;
        options.ClaimActions.MapJsonKey("sub", "id");
        options.ClaimActions.MapJsonKey("login", "login");
        Guard(options.CorrelationCookie, publicUrl);
        options.Events.OnRemoteFailure = ProviderSignIn.FailedAsync;
        options.Events.OnCreatingTicket = AskWhoAsync;
        options.Events.OnTicketReceived = context =>
            ProviderSignIn.ReceivedAsync(context, settings.Authority.GetLeftPart(UriPartial.Authority), ["login"]);
    }

    // GitHub, and an enterprise's part of it (*.ghe.com), have a host for the interface; an Enterprise Server has a path.
    private static Uri GitHubApi(Uri authority) =>
        authority.Host == SignInSettings.GitHub.Host || authority.Host.EndsWith(".ghe.com", StringComparison.Ordinal)
            ? new Uri($"https://api.{authority.Host}/")
            : new Uri(authority, "api/v3/");

    private static async Task AskWhoAsync(OAuthCreatingTicketContext context)
    {
        var aborted = context.HttpContext.RequestAborted;
        using var request = new HttpRequestMessage(HttpMethod.Get, context.Options.UserInformationEndpoint);
        request.Headers.Authorization = new("Bearer", context.AccessToken);
        request.Headers.UserAgent.ParseAdd("sallyport-server");
        using var response = await context.Backchannel.SendAsync(request, aborted);
        response.EnsureSuccessStatusCode();
        using var user = JsonDocument.Parse(await response.Content.ReadAsStringAsync(aborted));
        context.RunClaimActions(user.RootElement);
    }

    // Sent with what the provider leads to, by GET, and with no other request from elsewhere. Without TLS a browser keeps no Secure one.
    private static void Guard(CookieBuilder cookie, Uri publicUrl)
    {
        cookie.SameSite = SameSiteMode.Lax;
        cookie.SecurePolicy = publicUrl.Scheme == "https" ? CookieSecurePolicy.Always : CookieSecurePolicy.SameAsRequest;
    }
}
