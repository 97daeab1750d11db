using Sallyport.Server.Insights.Lists;

namespace Sallyport.Server.Ui.Pages;

/// <summary>All jobs of all workflows.</summary>
internal sealed class WorkflowsModel(Places places, TimeProvider time) : ListPage(time)
{
    public IReadOnlyList<PlaceRow> Rows { get; private set; } = [];

    public async Task OnGetAsync()
    {
        Here = Address.Of(Request, "owner", "repository", "q", Address.After);
        (Rows, Next) = await places.WorkflowsAsync(Viewer, Here["owner"], Here["repository"], Here["q"], After, Aborted);
    }
}
