using Microsoft.AspNetCore.Mvc;
using Sallyport.Server.Access;
using Sallyport.Server.Insights.Lists;

namespace Sallyport.Server.Ui.Pages;

/// <summary>What is suppressed, and what was.</summary>
internal sealed class SuppressionsModel(Suppressions suppressions, TimeProvider time) : ListPage(time)
{
    public IReadOnlyList<SuppressionRow> Rows { get; private set; } = [];

    public async Task OnGetAsync()
    {
        Here = Address.Of(Request, "ended", Address.After);
        (Rows, Next) = await suppressions.ListAsync(Viewer, Here["ended"] is null, After, Aborted);
    }

    public async Task<IActionResult> OnPostEndAsync(string id, string? back)
    {
        if (await suppressions.FindAsync(Viewer, id, Aborted) is not { } suppression)
        {
            return NotFound();
        }

        if (!Viewer.May(suppression.Owner, Role.Operator))
        {
            return StatusCode(StatusCodes.Status403Forbidden);
        }

        await suppressions.EndAsync(suppression, Actor.Of(HttpContext), Aborted);
        return LocalRedirect(Url.IsLocalUrl(back) ? back : "/suppressions");
    }

    public static string Where(SuppressionRow row) => string.Join(
        " · ", new[] { row.Owner + (row.Repository is null ? "" : $"/{row.Repository}"), row.Workflow, row.JobName }.OfType<string>());
}
