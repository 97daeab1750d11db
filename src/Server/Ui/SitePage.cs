using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Sallyport.Server.Access;

namespace Sallyport.Server.Ui;

/// <summary>What every page has: who looks, and when.</summary>
internal abstract class SitePage(TimeProvider time) : PageModel
{
    /// <summary>Who looks; every query is limited to what they may see.</summary>
    public Viewer Viewer { get; private set; } = Viewer.Nobody;

    public DateTimeOffset Now { get; } = time.GetUtcNow();

    public override void OnPageHandlerExecuting(PageHandlerExecutingContext context) => Viewer = Viewer.Of(User);
}
