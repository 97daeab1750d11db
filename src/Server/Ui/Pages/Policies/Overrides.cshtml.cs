using Microsoft.AspNetCore.Mvc;
using Sallyport.Protocol.ServerOverrides;
using Sallyport.Server.Access;
using Sallyport.Server.Configuration;
using Sallyport.Server.DenyLists;
using Sallyport.Server.Insights.Lists;
using Sallyport.Server.Overrides;

namespace Sallyport.Server.Ui.Pages.Policies;

/// <summary>Overrides of an organisation's enforcement: those in force and those that were, and the key that signs them. Administrators sign and revoke.</summary>
internal sealed class OverridesModel(
    OverrideStore overrides, DenyListStore keys, Owners owners, ServerSettings settings, TimeProvider time) : ListPage(time)
{
    private string? own;

    public string Owner { get; private set; } = "";

    /// <summary>What machines are to have; null for who cannot sign by it, and before an organisation is named anywhere else.</summary>
    public string? Key => MaySign ? own : null;

    public Uri Server => settings.PublicUrl;

    public bool MaySign => Viewer.May(Owner, Role.Administrator);

    public IReadOnlyList<OverrideRow> Rows { get; private set; } = [];

    public int InForce => Rows.Count(row => row.IsInForce(Now));

    /// <summary>Whether only machines that have another key than this server's own take it.</summary>
    public bool IsByAnother(OverrideRow row) => row.PublicKey != own;

    public IReadOnlyList<string> Mistakes { get; private set; } = [];

    /// <summary>As the fields have it.</summary>
    public (string? Reason, string Hours, string? Repository, string? Run, string? Runner) Asked { get; private set; } = (null, "1", null, null, null);

    /// <summary>What it is for, as in <c>octo/demo, run 4711</c>.</summary>
    public static string Scope(ServerOverride said) => string.Join(", ", new[]
    {
        said.Repository ?? $"all of {said.Owner}", said.Run is null ? null : $"run {said.Run}", said.Runner is null ? null : $"runner {said.Runner}",
    }.OfType<string>());

    public async Task<IActionResult> OnGetAsync(string? owner) => await ChooseAsync(owner) ? Page() : NotFound();

    public async Task<IActionResult> OnPostSignAsync(string? owner, string? reason, string? hours, string? repository, string? run, string? runner)
    {
        if (!await ChooseAsync(owner) || !MaySign)
        {
            return StatusCode(StatusCodes.Status403Forbidden);
        }

        Asked = (reason, hours ?? "", repository, run, runner);
        Mistakes = OverrideAsked.EndAfter(hours, Now) is { } until
            ? await overrides.SignAsync(new OverrideAsked(Owner, repository, run, runner, reason ?? "", until), Actor.Of(HttpContext), Aborted)
            : ["it ends in 1 to 24 hours"];
        return Mistakes.Count > 0 ? Page() : Redirect(Back);
    }

    public async Task<IActionResult> OnPostRevokeAsync(string? owner, string? id)
    {
        if (!await ChooseAsync(owner) || !MaySign)
        {
            return StatusCode(StatusCodes.Status403Forbidden);
        }

        if (id is not { Length: > 0 and <= OverrideLimits.IdCharacters } || id.Contains('\0', StringComparison.Ordinal))
        {
            return NotFound();
        }

        await overrides.RevokeAsync(Owner, id, Actor.Of(HttpContext), Aborted);
        return Redirect(Back);
    }

    private string Back => new Address("/policies/overrides").With(("owner", Owner)).ToString();

    private async Task<bool> ChooseAsync(string? owner)
    {
        Owner = owner?.ToLowerInvariant() ?? "";
        if (Owner.Length is 0 or > OverrideLimits.OwnerCharacters || Owner.Contains('\0', StringComparison.Ordinal)
            || Owner == Viewer.Everywhere || !Viewer.May(Owner, Role.Viewer))
        {
            return false;
        }

        Rows = await overrides.ListAsync(Owner, Aborted);
        if (Rows.Count > 0 || (MaySign && await owners.ExistsAsync(Owner, Aborted)))
        {
            own = await keys.OwnKeyAsync(Owner, Aborted);
        }

        return true;
    }
}
