using Microsoft.AspNetCore.Mvc;
using Sallyport.Server.Access;

namespace Sallyport.Server.Ui.Pages.Settings;

/// <summary>The own account.</summary>
internal sealed class IndexModel(Accounts accounts, Sessions sessions, TimeProvider time) : SitePage(time)
{
    public AccountRow? Account { get; private set; }

    public bool IsNew { get; private set; }

    public string? Mistake { get; private set; }

    public bool Done { get; private set; }

    public async Task OnGetAsync(bool welcome)
    {
        IsNew = welcome;
        Account = await accounts.FindAsync(Viewer.Account, HttpContext.RequestAborted);
    }

    public async Task<IActionResult> OnPostPasswordAsync(string? password, string? again)
    {
        var aborted = HttpContext.RequestAborted;
        Account = await accounts.FindAsync(Viewer.Account, aborted);
        if (Account is null)
        {
            return NotFound();
        }

        Mistake = password != again
            ? "The two are not the same."
            : await accounts.SetPasswordAsync(Account, password ?? "", Actor.Of(HttpContext), aborted);
        if (Mistake is null)
        {
            // All sessions have ended with it; this one goes on as a new one.
            Done = true;
            Account = await accounts.FindAsync(Viewer.Account, aborted);
            await sessions.BeginAsync(HttpContext, Account!, aborted);
        }

        return Page();
    }
}
