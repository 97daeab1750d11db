using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Sallyport.Server.Insights.Lists;

namespace Sallyport.Server.Ui.Pages;

/// <summary>Where one destination was seen.</summary>
internal sealed class DestinationModel(Destinations destinations, TimeProvider time) : ListPage(time)
{
    public IReadOnlyList<DestinationRow> Rows { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync()
    {
        Here = Address.Of(Request, "owner", "repository", "workflow", "job", "program", "new", "refused", "in", "protocol", "host", "port");
        if (Here["owner"] is null || Here["protocol"] is not { } protocol || Here["host"] is not { } host
            || !int.TryParse(Here["port"], NumberStyles.None, CultureInfo.InvariantCulture, out var port))
        {
            return NotFound();
        }

        Rows = await destinations.PlacesAsync(Viewer, DestinationsModel.FilterOf(Here), protocol, host, port, Aborted);
        return Rows.Count > 0 ? Page() : NotFound();
    }
}
