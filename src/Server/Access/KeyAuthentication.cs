using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace Sallyport.Server.Access;

/// <summary>Programs that read through /api/v1: an API key of scope <c>read</c> as bearer token (RFC 6750).</summary>
internal sealed class KeyAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, ApiKeys keys)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "ApiKey";

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (CallerFinder.TokenOf(Request) is not { } token)
        {
            return AuthenticateResult.NoResult();
        }

        if (await keys.FindAsync(token, ApiKeyRow.ReadScope, Context.RequestAborted) is not { } caller)
        {
            return AuthenticateResult.Fail("The key is not valid, or not for reading.");
        }

        var claims = new[]
        {
            new Claim(ClaimTypes.NameIdentifier, caller.Credential),
            new Claim(ClaimTypes.Name, caller.Credential),
            new Claim(Viewer.RoleClaim, $"{caller.Owner.ToLowerInvariant()}={Role.Viewer}"),
        };
        return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(new ClaimsIdentity(claims, Scheme.Name)), Scheme.Name));
    }
}
