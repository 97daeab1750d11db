using System.Globalization;
using Sallyport.Server.Insights.Lists;

namespace Sallyport.Server.Ui.Pages;

/// <summary>All destinations.</summary>
internal sealed class DestinationsModel(Destinations destinations, TimeProvider time) : ListPage(time)
{
    public IReadOnlyList<DestinationRow> Rows { get; private set; } = [];

    public async Task OnGetAsync()
    {
        Here = Address.Of(
            Request, "owner", "repository", "workflow", "job", "host", "program", "new", "refused", "in", Address.After);
        (Rows, Next) = await destinations.ListAsync(Viewer, FilterOf(Here) with { Host = Here["host"] }, After, Aborted);
    }

    /// <summary>Where a row was seen, with the filters that are set: each of the row's numbers is there again.</summary>
    public Address PlacesOf(DestinationRow row) => (Here with { Path = "/destination" }).With(
        ("owner", row.Owner), ("protocol", row.Protocol), ("host", row.Host), ("port", row.Port.ToString(CultureInfo.InvariantCulture)));

    /// <summary>The filters that this list and the one of places share: all but the host.</summary>
    internal static DestinationFilter FilterOf(Address here) => new()
    {
        Owner = here["owner"],
        Repository = here["repository"],
        Workflow = here["workflow"],
        Job = here["job"],
        Program = here["program"],
        In = here["in"],
        IsNew = here["new"] is not null,
        IsRefused = here["refused"] is not null,
    };
}
