using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace Sallyport.Server.Access;

/// <summary>Sessions of people: a cookie that data protection seals, looked at against the account on each request.</summary>
internal sealed class Sessions(Accounts accounts)
{
    /// <summary>A session ends when nobody used it for so long.</summary>
    public static readonly TimeSpan Idle = TimeSpan.FromHours(12);

    private const string StampClaim = "sallyport:stamp";

    /// <summary>Begins one.</summary>
    public async Task BeginAsync(HttpContext context, AccountRow account, CancellationToken cancellation) =>
        await context.SignInAsync(
            CookieAuthenticationDefaults.AuthenticationScheme, await PrincipalAsync(account, cancellation),
            new AuthenticationProperties { IsPersistent = true });

    /// <summary>Takes the roles as they are now; ends the session when the account does not allow it any more.</summary>
    public static async Task ValidateAsync(CookieValidatePrincipalContext context)
    {
        var sessions = context.HttpContext.RequestServices.GetRequiredService<Sessions>();
        var cancellation = context.HttpContext.RequestAborted;
        var account = context.Principal?.FindFirstValue(ClaimTypes.NameIdentifier) is { } id
            ? await sessions.FindAsync(id, cancellation)
            : null;
        if (account is null || account.DisabledMs is not null || context.Principal!.FindFirstValue(StampClaim) != account.Stamp)
        {
            context.RejectPrincipal();
            await context.HttpContext.SignOutAsync(CookieAuthenticationDefaults.AuthenticationScheme);
            return;
        }

        context.ReplacePrincipal(await sessions.PrincipalAsync(account, cancellation));
    }

    private Task<AccountRow?> FindAsync(string id, CancellationToken cancellation) => accounts.FindAsync(id, cancellation);

    /// <summary>What a session of the account holds.</summary>
    public async Task<ClaimsPrincipal> PrincipalAsync(AccountRow account, CancellationToken cancellation)
    {
        var claims = new List<Claim>
        {
            new(ClaimTypes.NameIdentifier, account.Id),
            new(ClaimTypes.Name, account.Name),
            new(StampClaim, account.Stamp),
        };
        claims.AddRange((await accounts.RolesAsync(account.Id, cancellation))
            .Select(role => new Claim(Viewer.RoleClaim, $"{role.Owner}={role.Role}")));
        return new ClaimsPrincipal(new ClaimsIdentity(claims, CookieAuthenticationDefaults.AuthenticationScheme));
    }
}
