using Sallyport.Server.Insights;
using Sallyport.Server.Insights.Lists;

namespace Sallyport.Server.Ui.Pages;

/// <summary>Runners and their agents.</summary>
internal sealed class RunnersModel(Runners runners, TimeProvider time) : ListPage(time)
{
    public IReadOnlyList<JobRow> Rows { get; private set; } = [];

    public async Task OnGetAsync()
    {
        Here = Address.Of(Request, "q", "environment", "degraded", Address.After);
        (Rows, Next) = await runners.ListAsync(Viewer, Here["q"], Here["environment"], Here["degraded"] is not null, After, Aborted);
    }
}
