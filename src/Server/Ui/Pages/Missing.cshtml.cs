using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Sallyport.Server.Ui.Pages;

/// <summary>Stands where a page or form was answered by a status alone; changes nothing, whatever was sent.</summary>
[AllowAnonymous]
[IgnoreAntiforgeryToken]
internal sealed class MissingModel : PageModel
{
#pragma warning disable CA1822 // Handlers of a page are methods of the instance.
    public void OnGet()
    {
    }

    public void OnPost()
    {
    }
#pragma warning restore CA1822
}
