using Sallyport.Server.Insights.Lists;

namespace Sallyport.Server.Ui.Pages;

/// <summary>All repositories.</summary>
internal sealed class RepositoriesModel(Places places, TimeProvider time) : ListPage(time)
{
    public IReadOnlyList<PlaceRow> Rows { get; private set; } = [];

    public async Task OnGetAsync()
    {
        Here = Address.Of(Request, "q", Address.After);
        (Rows, Next) = await places.RepositoriesAsync(Viewer, Here["q"], After, Aborted);
    }
}
