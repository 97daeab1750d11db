using Sallyport.Server.Insights;
using Sallyport.Server.Insights.Lists;

namespace Sallyport.Server.Ui.Pages;

/// <summary>Looks a word up in the lists: jobs by run, commit or id, repositories, destinations, findings.</summary>
internal sealed class SearchModel(Places places, Destinations destinations, Findings findings, JobSearch jobs, TimeProvider time) : ListPage(time)
{
    public const int Shown = 10;

    public IReadOnlyList<JobRow> Jobs { get; private set; } = [];

    public IReadOnlyList<PlaceRow> Repositories { get; private set; } = [];

    public IReadOnlyList<DestinationRow> Hosts { get; private set; } = [];

    public IReadOnlyList<FindingRow> Found { get; private set; } = [];

    public string? Word => Here["q"]?.Trim();

    public async Task OnGetAsync()
    {
        Here = Address.Of(Request, "q");
        if (string.IsNullOrEmpty(Word))
        {
            return;
        }

        Jobs = await jobs.FindAsync(Viewer, Word, Shown, Aborted);
        Repositories = [.. (await places.RepositoriesAsync(Viewer, Word, null, Aborted)).Rows.Take(Shown)];
        Hosts = [.. (await destinations.ListAsync(Viewer, new DestinationFilter { Host = Word }, null, Aborted)).Rows.Take(Shown)];
        Found = [.. (await findings.ListAsync(Viewer, new FindingFilter { Search = Word }, null, Aborted)).Rows.Take(Shown)];
    }
}
