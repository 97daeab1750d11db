using Microsoft.AspNetCore.Mvc;
using Sallyport.Server.Access;
using Sallyport.Server.Insights.Lists;

namespace Sallyport.Server.Ui.Pages;

/// <summary>All findings, and what is done with many of them in a row.</summary>
internal sealed class FindingsModel(Findings findings, TimeProvider time) : ListPage(time)
{
    /// <summary>Every status; left out is those that are new.</summary>
    private const string Any = "any";

    public IReadOnlyList<FindingRow> Rows { get; private set; } = [];

    public async Task OnGetAsync()
    {
        Here = Address.Of(
            Request, "status", "severity", "detector", "owner", "repository", "workflow", "job", "q", Address.After);
        var filter = new FindingFilter
        {
            Status = Here["status"] switch { null => FindingStatus.New, Any => null, var status => status },
            Severity = Here["severity"],
            Detector = Here["detector"],
            Owner = Here["owner"],
            Repository = Here["repository"],
            Workflow = Here["workflow"],
            Job = Here["job"],
            Search = Here["q"],
        };
        (Rows, Next) = await findings.ListAsync(Viewer, filter, After, Aborted);
    }

    public Task<IActionResult> OnPostAcknowledgeAsync(string id, string? back) => MarkAsync(id, true, back);

    public Task<IActionResult> OnPostReopenAsync(string id, string? back) => MarkAsync(id, false, back);

    private async Task<IActionResult> MarkAsync(string id, bool isAcknowledged, string? back)
    {
        if (await findings.FindAsync(Viewer, id, Aborted) is not { } finding)
        {
            return NotFound();
        }

        if (!Viewer.May(finding.Owner, Role.Operator))
        {
            return StatusCode(StatusCodes.Status403Forbidden);
        }

        await findings.MarkAsync(finding, isAcknowledged, Actor.Of(HttpContext), Aborted);
        return LocalRedirect(Url.IsLocalUrl(back) ? back : "/findings");
    }
}
