using Microsoft.AspNetCore.Mvc;
using Sallyport.Server.Access;
using Sallyport.Server.Configuration;
using Sallyport.Server.Insights.Lists;

namespace Sallyport.Server.Ui.Pages.Settings;

/// <summary>Who may what in an organisation.</summary>
internal sealed class MembersModel(Accounts accounts, Owners owners, ServerSettings settings, TimeProvider time) : OwnerPage(owners, time)
{
    private const int MaximumName = 100;

    public IReadOnlyList<MembershipRow> Rows { get; private set; } = [];

    /// <summary>The link of somebody who was just invited; shown this once.</summary>
    public Uri? Link { get; private set; }

    /// <summary>Who signed in by the provider and has no role; told to who administers all of the server.</summary>
    public IReadOnlyList<MembershipRow> Waiting { get; private set; } = [];

    public string? Mistake { get; private set; }

    /// <summary>Accounts are the server's, not an organisation's: who administers all of it makes them.</summary>
    public bool MayInvite => Viewer.May(Viewer.Everywhere, Role.Administrator);

    public static Role[] Roles => [Role.Viewer, Role.Operator, Role.Administrator];

    public async Task<IActionResult> OnGetAsync(string? owner) =>
        await ChooseAsync(owner) ? await ShownAsync() : StatusCode(StatusCodes.Status403Forbidden);

    public async Task<IActionResult> OnPostInviteAsync(string? owner, string? name, Role role)
    {
        if (!await ChooseAsync(owner) || Owner is null || !MayInvite)
        {
            return StatusCode(StatusCodes.Status403Forbidden);
        }

        name = name?.Trim() ?? "";
        Mistake = name.Length is 0 or > MaximumName ? $"A name has at most {MaximumName} characters."
            : !Roles.Contains(role) ? "That is no role."
            : null;
        if (Mistake is null)
        {
            var secret = await accounts.InviteAsync(Actor.Of(HttpContext), name, Owner, role, Aborted);
            Link = secret is null ? null : new Uri(settings.PublicUrl, $"sign-in/link/{secret}");
            Mistake = secret is null ? $"There is an account '{name}': change its role, here or where it has one." : null;
        }

        return await ShownAsync();
    }

    public async Task<IActionResult> OnPostRoleAsync(string? owner, string? account, Role role)
    {
        if (!await ChooseAsync(owner) || Owner is null)
        {
            return StatusCode(StatusCodes.Status403Forbidden);
        }

        if (role != Role.None && !Roles.Contains(role))
        {
            return BadRequest();
        }

        Mistake = await accounts.ChangeRoleAsync(account ?? "", Owner, role, Actor.Of(HttpContext), Aborted);
        return await ShownAsync();
    }

    /// <summary>Accounts are the server's: who administers all of it closes them too.</summary>
    public async Task<IActionResult> OnPostDisableAsync(string? owner, string? account, bool disabled)
    {
        if (!await ChooseAsync(owner) || Owner is null || !MayInvite)
        {
            return StatusCode(StatusCodes.Status403Forbidden);
        }

        Mistake = await accounts.SetDisabledAsync(account ?? "", disabled, Actor.Of(HttpContext), Aborted);
        return await ShownAsync();
    }

    private async Task<IActionResult> ShownAsync()
    {
        Rows = Owner is null ? [] : await accounts.MembersAsync(Owner, Aborted);
        Waiting = MayInvite ? await accounts.WithoutRoleAsync(Aborted) : [];
        return Page();
    }
}
