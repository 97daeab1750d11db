using Microsoft.AspNetCore.Mvc;
using Sallyport.Server.Access;
using Sallyport.Server.Insights.Lists;

namespace Sallyport.Server.Ui.Pages;

/// <summary>One finding: its evidence, and what is done with it.</summary>
internal sealed class FindingModel(Findings findings, Suppressions suppressions, TimeProvider time) : SitePage(time)
{
    private readonly TimeProvider clock = time;

    public FindingRow Finding { get; private set; } = null!;

    public IReadOnlyList<SuppressionRow> Applying { get; private set; } = [];

    public bool MayChange => Viewer.May(Finding.Owner, Role.Operator);

    /// <summary>What is wrong with the form; null when it was not sent.</summary>
    public string? Mistake { get; private set; }

    /// <summary>Days after which a suppression ends, as the form offers them; 0 is never.</summary>
    public static int[] Expiries => [7, 30, 90, 365, 0];

    public async Task<IActionResult> OnGetAsync(string id) => await LoadAsync(id) ? Page() : NotFound();

    public Task<IActionResult> OnPostAcknowledgeAsync(string id) => ChangeAsync(
        id, () => findings.MarkAsync(Finding, true, Actor.Of(HttpContext), HttpContext.RequestAborted));

    public Task<IActionResult> OnPostReopenAsync(string id) => ChangeAsync(
        id, () => findings.MarkAsync(Finding, false, Actor.Of(HttpContext), HttpContext.RequestAborted));

    public async Task<IActionResult> OnPostSuppressAsync(string id, string? scope, string? about, string? reason, int days)
    {
        if (!await LoadAsync(id))
        {
            return NotFound();
        }

        if (!MayChange)
        {
            return StatusCode(StatusCodes.Status403Forbidden);
        }

        reason = reason?.Trim() ?? "";
        Mistake = reason.Length is 0 or > Suppressions.MaximumReason
            ? $"Say why, in at most {Suppressions.MaximumReason} characters: whoever looks later wants to know."
            : !Expiries.Contains(days) ? "That is none of the times that are offered." : null;
        if (Mistake is not null)
        {
            return Page();
        }

        var level = scope switch { "organisation" => 0, "repository" => 1, "workflow" => 2, _ => 3 };
        var suppression = new SuppressionRow
        {
            Owner = Finding.Owner,
            Repository = level >= 1 ? Finding.Repository : null,
            Workflow = level >= 2 ? Finding.Workflow : null,
            JobName = level >= 3 ? Finding.JobName : null,
            Detector = Finding.Detector,
            Subject = about == "all" ? null : Finding.Subject,
            Reason = reason,
            ExpiresMs = days == 0 ? null : (clock.GetUtcNow() + TimeSpan.FromDays(days)).ToUnixTimeMilliseconds(),
        };
        await suppressions.AddAsync(suppression, Actor.Of(HttpContext), HttpContext.RequestAborted);
        return Redirect($"/findings/{Finding.Id}");
    }

    private async Task<bool> LoadAsync(string id)
    {
        if (await findings.FindAsync(Viewer, id, HttpContext.RequestAborted) is not { } finding)
        {
            return false;
        }

        Finding = finding;
        Applying = await suppressions.OfAsync(finding, HttpContext.RequestAborted);
        return true;
    }

    private async Task<IActionResult> ChangeAsync(string id, Func<Task> change)
    {
        if (!await LoadAsync(id))
        {
            return NotFound();
        }

        if (!MayChange)
        {
            return StatusCode(StatusCodes.Status403Forbidden);
        }

        await change();
        return Redirect($"/findings/{Finding.Id}");
    }
}
