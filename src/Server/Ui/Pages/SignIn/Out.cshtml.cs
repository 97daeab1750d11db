using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Sallyport.Server.Access;

namespace Sallyport.Server.Ui.Pages.SignIn;

/// <summary>Ends the session, and every other of the account: a cookie that somebody copied is of no use any more.</summary>
[AllowAnonymous]
internal sealed class OutModel(Accounts accounts, TimeProvider time) : SitePage(time)
{
    public IActionResult OnGet() => Redirect("/");

    public async Task<IActionResult> OnPostAsync()
    {
        if (User.FindFirstValue(ClaimTypes.NameIdentifier) is { } account)
        {
            await accounts.EndSessionsAsync(account, Actor.Of(HttpContext), HttpContext.RequestAborted);
        }

        await HttpContext.SignOutAsync();
        return Redirect("/sign-in");
    }
}
