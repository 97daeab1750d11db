using Microsoft.AspNetCore.Mvc;
using Sallyport.Protocol.Ingest;
using Sallyport.Server.Access;

namespace Sallyport.Server.Policies;

/// <summary>Where agents ask which policy holds for a job.</summary>
internal static class PolicyEndpoints
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/api/v1/policy", GetAsync)
        .WithTags("Policies")
        .WithName("getPolicy")
        .WithSummary("The policy of a job: the most specific that is attached, or the one that is named, and every floor above.")
        .WithDescription("Bearer: an API key of scope agent, or the job's OpenID Connect token. 200 with policy null: nothing is attached. "
            + "403: the token is of another repository or workflow. 404: the policy that was named does not exist.")
        .Produces<PolicyAnswer>()
        .ProducesProblem(401).ProducesProblem(403).ProducesProblem(404).ProducesProblem(503);

    private static async Task<IResult> GetAsync(
        HttpRequest request, CallerFinder callers, PolicyStore policies, string? repository, string? workflow, string? job, string? name,
        CancellationToken cancellation)
    {
        var (caller, refusal) = await RepositoryCaller.FindAsync(request, callers, repository, workflow, cancellation);
        if (caller is null)
        {
            return refusal!;
        }

        var answer = await policies.ResolveAsync(
            caller.Owner.ToLowerInvariant(), RepositoryCaller.NameIn(caller, repository), workflow ?? caller.Workflow ?? "", job ?? "", name, cancellation);
        return name is not null && answer.Policy is null
            ? TypedResults.Problem(new ProblemDetails { Status = 404, Title = "There is no policy of that name." })
            : TypedResults.Json(answer, IngestJson.Default.PolicyAnswer);
    }
}
