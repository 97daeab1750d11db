using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;

namespace Sallyport.Server.Ui.Pages.SignIn;

/// <summary>Ends the session.</summary>
[AllowAnonymous]
internal sealed class OutModel(TimeProvider time) : SitePage(time)
{
    public IActionResult OnGet() => Redirect("/");

    public async Task<IActionResult> OnPostAsync()
    {
        await HttpContext.SignOutAsync();
        return Redirect("/sign-in");
    }
}
