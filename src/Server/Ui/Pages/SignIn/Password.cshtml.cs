using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.RateLimiting;
using Sallyport.Server.Access;

namespace Sallyport.Server.Ui.Pages.SignIn;

/// <summary>Takes the form of the sign-in page; a page of its own, so that attempts alone are counted.</summary>
[AllowAnonymous]
[EnableRateLimiting(AccessSetup.SignInLimit)]
internal sealed class PasswordModel(Accounts accounts, Sessions sessions, TimeProvider time) : SitePage(time)
{
    public IActionResult OnGet() => Redirect("/sign-in");

    public async Task<IActionResult> OnPostAsync(string? name, string? password, string? to)
    {
        var aborted = HttpContext.RequestAborted;
        var back = Url.IsLocalUrl(to) ? to : "/";
        if (await accounts.FindByPasswordAsync(name ?? "", password ?? "", Actor.Of(HttpContext), aborted) is not { } account)
        {
            return Redirect(new Address("/sign-in").With(("failed", "true"), ("to", back)).ToString());
        }

        await sessions.BeginAsync(HttpContext, account, aborted);
        return LocalRedirect(back);
    }
}
