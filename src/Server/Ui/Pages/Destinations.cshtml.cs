using Sallyport.Server.Insights.Lists;

namespace Sallyport.Server.Ui.Pages;

/// <summary>All destinations.</summary>
internal sealed class DestinationsModel(Destinations destinations, TimeProvider time) : ListPage(time)
{
    public IReadOnlyList<DestinationRow> Rows { get; private set; } = [];

    public async Task OnGetAsync()
    {
        Here = Address.Of(
            Request, "owner", "repository", "workflow", "job", "host", "program", "new", "refused", Address.After);
        var filter = new DestinationFilter
        {
            Owner = Here["owner"],
            Repository = Here["repository"],
            Workflow = Here["workflow"],
            Job = Here["job"],
            Host = Here["host"],
            Program = Here["program"],
            IsNew = Here["new"] is not null,
            IsRefused = Here["refused"] is not null,
        };
        (Rows, Next) = await destinations.ListAsync(Viewer, filter, After, Aborted);
    }
}
