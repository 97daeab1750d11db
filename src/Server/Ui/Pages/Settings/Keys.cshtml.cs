using Microsoft.AspNetCore.Mvc;
using Sallyport.Server.Access;
using Sallyport.Server.Insights.Lists;

namespace Sallyport.Server.Ui.Pages.Settings;

/// <summary>API keys of an organisation: made, shown once, revoked.</summary>
internal sealed class KeysModel(ApiKeys keys, Owners owners, TimeProvider time) : OwnerPage(owners, time)
{
    private const int MaximumName = 100;

    public IReadOnlyList<ApiKeyRow> Rows { get; private set; } = [];

    public string? Key { get; private set; }

    public string? Mistake { get; private set; }

    public async Task<IActionResult> OnGetAsync(string? owner) =>
        await ChooseAsync(owner) ? await ShownAsync() : StatusCode(StatusCodes.Status403Forbidden);

    public async Task<IActionResult> OnPostMakeAsync(string? owner, string? name, string? scope)
    {
        if (!await ChooseAsync(owner))
        {
            return StatusCode(StatusCodes.Status403Forbidden);
        }

        name = name?.Trim() ?? "";
        if (Owner is null or Viewer.Everywhere || name.Length is 0 or > MaximumName || scope is not (ApiKeyRow.AgentScope or ApiKeyRow.ReadScope))
        {
            Mistake = $"A key has a name of at most {MaximumName} characters, and is for agents or for reading, in one organisation.";
            return await ShownAsync();
        }

        (_, Key) = await keys.CreateAsync(Owner, name, scope, Actor.Of(HttpContext), Aborted);
        return await ShownAsync();
    }

    public async Task<IActionResult> OnPostRevokeAsync(string? owner, string id)
    {
        if (!await ChooseAsync(owner) || Owner is null)
        {
            return StatusCode(StatusCodes.Status403Forbidden);
        }

        await keys.RevokeAsync(Owner, id, Actor.Of(HttpContext), Aborted);
        return Redirect(new Address("/settings/keys").With(("owner", Owner)).ToString());
    }

    private async Task<IActionResult> ShownAsync()
    {
        Rows = Owner is null ? [] : await keys.ListAsync(Owner, Aborted);
        return Page();
    }
}
