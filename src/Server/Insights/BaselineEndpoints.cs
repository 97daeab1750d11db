using Sallyport.Protocol.Ingest;
using Sallyport.Server.Access;
using Sallyport.Server.Policies;

namespace Sallyport.Server.Insights;

/// <summary>Where agents ask what earlier runs of a job reached, so that <c>fail-on: new</c> can decide.</summary>
internal static class BaselineEndpoints
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/api/v1/baseline", GetAsync)
        .WithTags("Insights")
        .WithName("getBaseline")
        .WithSummary("Destinations that earlier runs of a job reached or tried to reach.")
        .WithDescription("Bearer: an API key of scope agent, or the job's OpenID Connect token. What jobs of the same run and of pull requests "
            + "reached does not count, nor what no run reached for 90 days. "
            + "403: the token is of another repository, workflow or run. 200 with destinations null: there is nothing to compare with, and why.")
        .Produces<BaselineAnswer>()
        .ProducesProblem(400).ProducesProblem(401).ProducesProblem(403).ProducesProblem(503);

    private static async Task<IResult> GetAsync(
        HttpRequest request, CallerFinder callers, JobNews news, string? repository, string? workflow, string? job, string? run,
        CancellationToken cancellation)
    {
        var (caller, refusal) = await RepositoryCaller.FindAsync(request, callers, repository, workflow, cancellation);
        if (caller is null)
        {
            return refusal!;
        }

        if (repository is null || workflow is null || job is null || run is null)
        {
            return TypedResults.Problem(statusCode: 400, title: "repository, workflow, job and run are all needed.");
        }

        if (new[] { repository, workflow, job, run }.Any(text => text.Length > IngestLimits.TextCharacters || text.Contains('\0', StringComparison.Ordinal)))
        {
            return TypedResults.Problem(statusCode: 400, title: $"What is asked for is longer than {IngestLimits.TextCharacters} characters, or holds a NUL.");
        }

        if (caller.RunId is not null && caller.RunId != run)
        {
            return TypedResults.Problem(statusCode: 403, title: "The credential is not for this run.");
        }

        return TypedResults.Json(
            await news.BaselineAsync(caller.Owner.ToLowerInvariant(), RepositoryCaller.NameIn(caller, repository), workflow, job, run, cancellation),
            IngestJson.Default.BaselineAnswer);
    }
}
