using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Sallyport.Server.Access;
using Sallyport.Server.Configuration;

namespace Sallyport.Server.Ui.Pages.SignIn;

/// <summary>Leads to the provider: by a link, for a form may not lead away from this server.</summary>
[AllowAnonymous]
internal sealed class ProviderModel(ServerSettings settings, TimeProvider time) : SitePage(time)
{
    public IActionResult OnGet(string? to) => settings.SignIn is null
        ? NotFound()
        : Challenge(new AuthenticationProperties { RedirectUri = Url.IsLocalUrl(to) ? to : "/" }, AccessSetup.ProviderScheme);
}
