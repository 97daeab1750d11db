using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Mvc;
using Sallyport.Server.Access;
using Sallyport.Server.Configuration;
using Sallyport.Server.Insights.Lists;

namespace Sallyport.Server.Ui.Pages;

/// <summary>What needs somebody, then how things develop; and, as long as no job has come, how the first one comes.</summary>
internal sealed partial class IndexModel(
    Runs runs, Findings findings, Destinations destinations, Unprotected unprotected, Runners runners, Trends trends,
    ApiKeys keys, ServerSettings settings, TimeProvider time)
    : SitePage(time)
{
    private const int Shown = 6;

    public bool HasJobs { get; private set; }

    public IReadOnlyList<CountRow> OpenFindings { get; private set; } = [];

    public IReadOnlyList<CountRow> NewByRepository { get; private set; } = [];

    public long NewDestinations { get; private set; }

    public UnprotectedCounts WithoutProtection { get; private set; } = new();

    public long DegradedRunners { get; private set; }

    public long NotWhole { get; private set; }

    public IReadOnlyList<DayRow> Days { get; private set; } = [];

    /// <summary>A key that was just made: shown this once.</summary>
    public string? Key { get; private set; }

    public string? Owner { get; private set; }

    public string? Mistake { get; private set; }

    public Uri Server => settings.PublicUrl;

    public bool MayMakeKeys => Viewer.Roles.Values.Any(role => role == Role.Administrator);

    public async Task<IActionResult> OnGetAsync()
    {
        if (Viewer.Roles.IsEmpty)
        {
            // Nothing is theirs to see, and there they are told why.
            return Redirect("/settings");
        }

        var aborted = HttpContext.RequestAborted;
        HasJobs = await runs.LatestAsync(Viewer, aborted) is not null;
        if (!HasJobs)
        {
            return Page();
        }

        OpenFindings = await findings.CountOpenAsync(Viewer, aborted);
        NewByRepository = await destinations.NewByRepositoryAsync(Viewer, Shown, aborted);
        NewDestinations = await destinations.CountAsync(Viewer, new DestinationFilter { IsNew = true }, aborted);
        WithoutProtection = await unprotected.CountAsync(Viewer, aborted);
        DegradedRunners = await runners.CountDegradedAsync(Viewer, aborted);
        NotWhole = await trends.CountNotWholeAsync(Viewer, aborted);
        Days = await trends.ListAsync(Viewer, aborted);
        return Page();
    }

    public async Task<IActionResult> OnPostKeyAsync(string? owner)
    {
        Owner = owner?.Trim().ToLowerInvariant() ?? "";
        if (!OwnerName().IsMatch(Owner))
        {
            Mistake = "Name the organisation or user on GitHub: letters, digits, hyphens.";
        }
        else if (!Viewer.May(Owner, Role.Administrator))
        {
            return StatusCode(StatusCodes.Status403Forbidden);
        }
        else
        {
            (_, Key) = await keys.CreateAsync(Owner, "first", ApiKeyRow.AgentScope, Actor.Of(HttpContext), HttpContext.RequestAborted);
        }

        HasJobs = false;
        return Page();
    }

    /// <summary>The first job, as soon as there is one: what the page waits for.</summary>
    public async Task<IActionResult> OnGetFirstAsync() =>
        new JsonResult(new { job = await runs.LatestAsync(Viewer, HttpContext.RequestAborted) });

    [GeneratedRegex("^[a-z0-9_.-]{1,100}$")]
    private static partial Regex OwnerName();
}
