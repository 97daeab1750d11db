using System.Globalization;
using Sallyport.Server.Insights;
using Sallyport.Server.Insights.Lists;

namespace Sallyport.Server.Ui.Pages;

/// <summary>All runs, a row for each job.</summary>
internal sealed class RunsModel(Runs runs, TimeProvider time) : ListPage(time)
{
    private const int MaximumDays = 36_500;

    public IReadOnlyList<JobRow> Rows { get; private set; } = [];

    public async Task OnGetAsync()
    {
        Here = Address.Of(
            Request, "owner", "repository", "workflow", "job", "run", "ref", "runner", "state", "with", "day", "days", "destination", "refused", "finding", Address.After);
        var filter = new RunFilter
        {
            Owner = Here["owner"],
            Repository = Here["repository"],
            Workflow = Here["workflow"],
            Job = Here["job"],
            Run = Here["run"],
            Ref = Here["ref"],
            Runner = Here["runner"],
            State = Here["state"],
            With = Here["with"],
            Day = Here["day"],
            Days = int.TryParse(Here["days"], NumberStyles.None, CultureInfo.InvariantCulture, out var days) ? Math.Clamp(days, 1, MaximumDays) : null,
            Destination = Here["destination"],
            RefusedDestination = Here["refused"],
            Finding = Here["finding"],
        };
        (Rows, Next) = await runs.ListAsync(Viewer, filter, After, Aborted);
    }
}
