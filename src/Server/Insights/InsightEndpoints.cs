namespace Sallyport.Server.Insights;

/// <summary>What the server knows, for programs: <c>/api/v1</c>.</summary>
internal static class InsightEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/v1/jobs").WithTags("Insights");
        group.MapGet("/{jobKey}/report", ReportAsync)
            .WithName("getReport")
            .WithSummary("report.json of a job, as far as it has come (docs/report.schema.json).")
            .ProducesProblem(401).ProducesProblem(404);
    }

    private static async Task ReportAsync(string jobKey, HttpContext context, Jobs jobs, Reports reports, CancellationToken cancellation)
    {
        var job = await jobs.FindAsync(jobKey, cancellation);
        context.Response.ContentType = "application/json";
        if (job is null || !await reports.WriteAsync(job, context.Response.Body, cancellation))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
        }
    }
}
