using Microsoft.AspNetCore.Mvc;
using Sallyport.Protocol.ServerOverrides;
using Sallyport.Server.Access;

namespace Sallyport.Server.Overrides;

/// <summary>Where agents ask whether somebody has broken the glass.</summary>
internal static class OverrideEndpoints
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/api/v1/overrides", GetAsync)
        .WithTags("Policies")
        .WithName("getOverrides")
        .WithSummary("Overrides of enforcement that were signed for a job, have not ended and were not revoked.")
        .WithDescription("Bearer: an API key of scope agent, or the job's OpenID Connect token. DSSE envelopes, Ed25519, of payload type "
            + $"{OverrideSignature.PayloadType}: id, owner, repository, run, runner (null: all), reason, by, from, until (seconds since 1970).")
        .Produces<OverridesAnswer>()
        .ProducesProblem(401).ProducesProblem(403).ProducesProblem(503);

    private static async Task<IResult> GetAsync(
        HttpRequest request, CallerFinder callers, OverrideStore overrides, string? repository, string? run, string? runner,
        CancellationToken cancellation)
    {
        if (await callers.FindAsync(request, cancellation) is not { } caller)
        {
            return TypedResults.Problem(new ProblemDetails { Status = 401, Title = "The credential is missing or not valid." });
        }

        var isForeign = caller.Repository is { } own
            && (!string.Equals(own, repository, StringComparison.OrdinalIgnoreCase) || (run is not null && run != caller.RunId));
        if (isForeign || repository?.StartsWith($"{caller.Owner}/", StringComparison.OrdinalIgnoreCase) == false)
        {
            return TypedResults.Problem(new ProblemDetails { Status = 403, Title = "The credential is not for this job." });
        }

        return TypedResults.Json(
            await overrides.GivenAsync(caller.Owner.ToLowerInvariant(), repository, run, runner, cancellation), OverrideJson.Default.OverridesAnswer);
    }
}
