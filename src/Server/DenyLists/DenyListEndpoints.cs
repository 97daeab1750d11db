using Microsoft.AspNetCore.Mvc;
using Sallyport.Protocol.DenyLists;
using Sallyport.Protocol.Signing;
using Sallyport.Server.Access;

namespace Sallyport.Server.DenyLists;

/// <summary>Where agents ask for the deny list of their owner.</summary>
internal static class DenyListEndpoints
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/api/v1/deny-list", GetAsync)
        .WithTags("Policies")
        .WithName("getDenyList")
        .WithSummary("The deny list of the credential's owner, its latest version, as it was signed.")
        .WithDescription("Bearer: an API key of scope agent, or a job's OpenID Connect token. A DSSE envelope, Ed25519, of payload type "
            + $"{DenyListSignature.PayloadType}: owner, version, issued (seconds since 1970), entries (endpoint, reason). 404: the owner has none.")
        .Produces<SignedEnvelope>()
        .ProducesProblem(401).ProducesProblem(404).ProducesProblem(503);

    private static async Task<IResult> GetAsync(
        HttpRequest request, CallerFinder callers, DenyListStore lists, CancellationToken cancellation)
    {
        if (await callers.FindAsync(request, cancellation) is not { } caller)
        {
            return TypedResults.Problem(new ProblemDetails { Status = 401, Title = "The credential is missing or not valid." });
        }

        return await lists.LatestAsync(caller.Owner.ToLowerInvariant(), cancellation) is { } row
            ? TypedResults.Text(row.Envelope, "application/json")
            : TypedResults.Problem(new ProblemDetails { Status = 404, Title = "The owner has no deny list." });
    }
}
