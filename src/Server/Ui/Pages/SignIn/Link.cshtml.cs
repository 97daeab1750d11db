using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.RateLimiting;
using Sallyport.Server.Access;

namespace Sallyport.Server.Ui.Pages.SignIn;

/// <summary>A one-time link. Looking at it does not use it up: programs that preview links do so too.</summary>
[AllowAnonymous]
[EnableRateLimiting(AccessSetup.SignInLimit)]
internal sealed class LinkModel(Accounts accounts, Sessions sessions, TimeProvider time) : SitePage(time)
{
    public bool Failed { get; private set; }

    // The secret stands in the address: no other page learns it.
    public void OnGet() => Response.Headers["Referrer-Policy"] = "no-referrer";

    public async Task<IActionResult> OnPostAsync(string secret)
    {
        var aborted = HttpContext.RequestAborted;
        if (await accounts.AcceptAsync(secret, Actor.Of(HttpContext), aborted) is not { } account)
        {
            Failed = true;
            return Page();
        }

        await sessions.BeginAsync(HttpContext, account, aborted);
        return Redirect(account.PasswordHash is null && account.Issuer == AccountRow.LocalIssuer ? "/settings?welcome=true" : "/");
    }
}
