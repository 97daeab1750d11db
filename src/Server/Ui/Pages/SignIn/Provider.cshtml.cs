using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Sallyport.Server.Access;
using Sallyport.Server.Configuration;

namespace Sallyport.Server.Ui.Pages.SignIn;

/// <summary>Leads to the provider: by a link, for a form may not lead away from this server.</summary>
[AllowAnonymous]
internal sealed class ProviderModel(ServerSettings settings, ProviderSignIn provider, TimeProvider time) : SitePage(time)
{
    public async Task<IActionResult> OnGetAsync(string? to)
    {
        if (settings.SignIn is null)
        {
            return NotFound();
        }

        try
        {
            await HttpContext.ChallengeAsync(
                ProviderSetup.Scheme, new AuthenticationProperties { RedirectUri = Url.IsLocalUrl(to) ? to : "/" });
        }
        catch (InvalidOperationException e)
        {
            // What it says of itself cannot be fetched.
            provider.Refuse(HttpContext, e.Message);
        }

        return new EmptyResult();
    }
}
