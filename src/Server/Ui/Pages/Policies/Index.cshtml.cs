using Microsoft.AspNetCore.Mvc;
using Sallyport.Server.Access;
using Sallyport.Server.Insights.Lists;
using Sallyport.Server.Policies;

namespace Sallyport.Server.Ui.Pages.Policies;

/// <summary>Policies of an organisation, and where each applies.</summary>
internal sealed class IndexModel(PolicyStore policies, Owners owners, TimeProvider time) : ListPage(time)
{
    public IReadOnlyList<string> Owners { get; private set; } = [];

    public string? Owner { get; private set; }

    public bool MayChange => Owner is not null && Viewer.May(Owner, Role.Operator);

    public IReadOnlyList<PolicyRow> Rows { get; private set; } = [];

    public IReadOnlyList<BindingRow> Places { get; private set; } = [];

    public string? Mistake { get; private set; }

    public async Task<IActionResult> OnGetAsync(string? owner) => await ShowAsync(owner);

    public async Task<IActionResult> OnPostAttachAsync(
        string? owner, string? policy, string? repository, string? workflow, string? job, bool floor)
    {
        if (owner is null || !Viewer.May(owner, Role.Operator))
        {
            return StatusCode(StatusCodes.Status403Forbidden);
        }

        Mistake = await policies.AttachAsync(Place(owner, policy, repository, workflow, job, floor), Actor.Of(HttpContext), Aborted);
        return Mistake is null ? Redirect(LinkOf(owner)) : await ShowAsync(owner);
    }

    public async Task<IActionResult> OnPostDetachAsync(
        string? owner, string? policy, string? repository, string? workflow, string? job, bool floor)
    {
        if (owner is null || !Viewer.May(owner, Role.Operator))
        {
            return StatusCode(StatusCodes.Status403Forbidden);
        }

        await policies.DetachAsync(Place(owner, policy, repository, workflow, job, floor), Actor.Of(HttpContext), Aborted);
        return Redirect(LinkOf(owner));
    }

    private static string LinkOf(string owner) => new Address("/policies").With(("owner", owner)).ToString();

    private static BindingRow Place(string owner, string? policy, string? repository, string? workflow, string? job, bool floor) => new()
    {
        Owner = owner,
        Policy = policy ?? "",
        Repository = repository?.Trim() ?? "",
        Workflow = workflow?.Trim() ?? "",
        JobName = job?.Trim() ?? "",
        IsFloor = floor ? 1 : 0,
    };

    private async Task<IActionResult> ShowAsync(string? owner)
    {
        Owners = await owners.VisibleAsync(Viewer, Aborted);
        Owner = owner is { Length: > 0 } ? owner.ToLowerInvariant() : Owners.Count > 0 ? Owners[0] : null;
        if (Owner is null)
        {
            return Page();
        }

        if (!Viewer.May(Owner, Role.Viewer))
        {
            return NotFound();
        }

        Rows = await policies.ListAsync(Owner, Aborted);
        Places = await policies.BindingsAsync(Owner, Aborted);
        return Page();
    }
}
