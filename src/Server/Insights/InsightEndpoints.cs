using Sallyport.Server.Access;

namespace Sallyport.Server.Insights;

/// <summary>What the server knows, for programs: <c>/api/v1</c>.</summary>
internal static class InsightEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/v1/jobs").WithTags("Insights");
        group.MapGet("/{jobKey}/report", ReportAsync)
            .RequireAuthorization(AccessSetup.SignedIn)
            .WithName("getReport")
            .WithSummary("report.json of a job, as far as it has come (docs/report.schema.json).")
            .Produces(200, contentType: "application/json")
            .ProducesProblem(401).ProducesProblem(404);
    }

    private static async Task ReportAsync(string jobKey, HttpContext context, Jobs jobs, Reports reports, CancellationToken cancellation)
    {
        var job = await jobs.FindAsync(jobKey, cancellation);
        context.Response.ContentType = "application/json";
        // A job that may not be seen is one that is not there.
        if (job is null || !Viewer.Of(context.User).May(job.Owner, Role.Viewer)
            || !await reports.WriteAsync(job, context.Response.Body, cancellation))
        {
            // What is said of it is a problem's, not a report's.
            context.Response.ContentType = null;
            context.Response.StatusCode = StatusCodes.Status404NotFound;
        }
    }
}
