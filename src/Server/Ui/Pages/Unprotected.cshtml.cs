using Sallyport.Server.Insights;
using Sallyport.Server.Insights.Lists;

namespace Sallyport.Server.Ui.Pages;

/// <summary>Jobs whose latest run had no protection.</summary>
internal sealed class UnprotectedModel(Unprotected unprotected, TimeProvider time) : ListPage(time)
{
    public IReadOnlyList<JobRow> Rows { get; private set; } = [];

    public async Task OnGetAsync()
    {
        Here = Address.Of(Request, "q", "why", Address.After);
        (Rows, Next) = await unprotected.ListAsync(Viewer, Here["q"], Here["why"], After, Aborted);
    }

    /// <summary>Why the job is in the list.</summary>
    public static string Why(JobRow job)
    {
        var reasons = new List<string>();
        if (job.State == Ingest.JobState.Lost)
        {
            reasons.Add("lost: not heard from any more");
        }

        if (job is { State: Ingest.JobState.Ended, Segments: 0 })
        {
            reasons.Add("lost: nothing of its recording came");
        }

        if (job.ModeAsked == "audit")
        {
            reasons.Add("audit: nothing is refused");
        }

        if (job.Degraded is { } degraded)
        {
            reasons.AddRange(System.Text.Json.JsonSerializer.Deserialize<string[]>(degraded) ?? []);
        }
        else if (job.ModeInForce == "degraded")
        {
            reasons.Add("degraded");
        }

        return string.Join("; ", reasons);
    }
}
