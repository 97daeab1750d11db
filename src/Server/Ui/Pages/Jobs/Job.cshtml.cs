using Microsoft.AspNetCore.Mvc;
using Sallyport.Server.Insights;

namespace Sallyport.Server.Ui.Pages.Jobs;

/// <summary>One job: its head from the database at once, the rest drawn from its report, live while it runs.</summary>
internal sealed class JobModel(Insights.Jobs jobs, TimeProvider time) : SitePage(time)
{
    public JobRow Job { get; private set; } = null!;

    public JobProgress Progress { get; private set; } = null!;

    /// <summary>Formats to take with one, by the end of their names.</summary>
    public static (string Name, string Title)[] Formats =>
    [
        ("json", "report.json"), ("html", "HTML, one file"), ("md", "Markdown"), ("sarif", "SARIF"), ("ocsf.ndjson", "OCSF"), ("txt", "text"),
    ];

    public async Task<IActionResult> OnGetAsync(string id)
    {
        if (await jobs.FindAsync(id, Viewer, HttpContext.RequestAborted) is not { } job)
        {
            return NotFound();
        }

        (Job, Progress) = (job, JobProgress.Of(job));
        return Page();
    }
}
