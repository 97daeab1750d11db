using Microsoft.AspNetCore.Mvc;
using Sallyport.Protocol.DenyLists;
using Sallyport.Server.Access;
using Sallyport.Server.Configuration;
using Sallyport.Server.DenyLists;
using Sallyport.Server.Insights.Lists;

namespace Sallyport.Server.Ui.Pages.Policies;

/// <summary>The deny list of an organisation: its entries, its key, its versions and what each changed. Administrators sign.</summary>
internal sealed class DenyListModel(DenyListStore lists, Owners owners, ServerSettings settings, TimeProvider time) : ListPage(time)
{
    private string? ownKey;

    public string Owner { get; private set; } = "";

    public string Text { get; private set; } = "";

    /// <summary>
    /// What machines are to have; null where it is not this server's to say, rows of the database name no key to trust, and before the first
    /// list of an organisation that is named nowhere else.
    /// </summary>
    public string? Key => Trouble is null ? ownKey : null;

    public Uri Server => settings.PublicUrl;

    public bool MaySave => Viewer.May(Owner, Role.Administrator) && Trouble is null;

    /// <summary>Why the latest version cannot be followed by one of this server's; null when it can.</summary>
    public string? Trouble { get; private set; }

    public IReadOnlyList<DenyListVersion> Versions { get; private set; } = [];

    public IReadOnlyList<string> Mistakes { get; private set; } = [];

    public IReadOnlyList<string> Warnings { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(string? owner, int? version)
    {
        if (!await ChooseAsync(owner))
        {
            return NotFound();
        }

        var shown = version is null ? Versions.Count > 0 ? Versions[0] : null : Versions.FirstOrDefault(shown => shown.Row.Number == version);
        if (shown is null && version is not null)
        {
            return NotFound();
        }

        Text = shown?.List is { } list ? DenyListText.Of(list.Entries) : "";
        Look();
        return Page();
    }

    public async Task<IActionResult> OnPostSaveAsync(string? owner, string? text, string? comment)
    {
        if (!await ChooseAsync(owner) || !Viewer.May(Owner, Role.Administrator))
        {
            return StatusCode(StatusCodes.Status403Forbidden);
        }

        Text = text ?? "";
        Mistakes = await lists.SaveAsync(Owner, Text, comment, atLeast: 0, anew: false, Actor.Of(HttpContext), Aborted);
        return Mistakes.Count > 0 ? Page() : Redirect(new Address("/policies/deny-list").With(("owner", Owner)).ToString());
    }

    public async Task<IActionResult> OnPostCheckAsync(string? owner, string? text)
    {
        if (!await ChooseAsync(owner) || !Viewer.May(Owner, Role.Administrator))
        {
            return StatusCode(StatusCodes.Status403Forbidden);
        }

        Text = text ?? "";
        Look();
        return Page();
    }

    private void Look()
    {
        var mistakes = new List<string>();
        _ = DenyListText.Read(Text, mistakes);
        Mistakes = mistakes;
        Warnings = mistakes.Count == 0 ? DenyListText.Warnings(Text) : [];
    }

    private async Task<bool> ChooseAsync(string? owner)
    {
        Owner = owner?.ToLowerInvariant() ?? "";
        if (Owner.Length is 0 or > DenyListLimits.OwnerCharacters || Owner == Viewer.Everywhere || !Viewer.May(Owner, Role.Viewer))
        {
            return false;
        }

        Versions = await lists.VersionsAsync(Owner, Aborted);
        if (Versions.Count > 0 || (Viewer.May(Owner, Role.Administrator) && await owners.ExistsAsync(Owner, Aborted)))
        {
            ownKey = await lists.OwnKeyAsync(Owner, Aborted);
        }

        Trouble = Versions.Count == 0 ? null
            : Versions[0].List is null ? $"Version {Versions[0].Row.Number} is not as it was written: its signature is not valid. Machines refuse it."
            : Versions[0].Row.PublicKey != ownKey
                ? $"It is signed by {Versions[0].Row.PublicKey}, which is not this server's key. Where that is the key of your machines, sign the next version "
                    + "with it, and take it with sallyport-server deny-list import."
            : null;
        return true;
    }
}
