using Microsoft.AspNetCore.Mvc;
using Sallyport.Server.Access;

namespace Sallyport.Server.Policies;

/// <summary>Who asks for what the server has for a repository: only that one's own jobs, and keys of its owner.</summary>
internal static class RepositoryCaller
{
    /// <summary>The caller, or the answer that says why there is none.</summary>
    /// <param name="request">With the credential.</param>
    /// <param name="callers">Know them.</param>
    /// <param name="repository"><c>owner/name</c>; null for the owner's alone.</param>
    /// <param name="workflow">Its name, where it is asked for one: a token is of the one that GitHub signed.</param>
    /// <param name="cancellation">Of the request.</param>
    public static async Task<(Caller? Caller, IResult? Refusal)> FindAsync(
        HttpRequest request, CallerFinder callers, string? repository, string? workflow, CancellationToken cancellation)
    {
        if (await callers.FindAsync(request, cancellation) is not { } caller)
        {
            return (null, TypedResults.Problem(new ProblemDetails { Status = 401, Title = "The credential is missing or not valid." }));
        }

        var isForeign = caller.Repository is { } own && !string.Equals(own, repository, StringComparison.OrdinalIgnoreCase);
        return isForeign || repository?.StartsWith($"{caller.Owner}/", StringComparison.OrdinalIgnoreCase) == false
            ? (null, TypedResults.Problem(new ProblemDetails { Status = 403, Title = "The credential is not for this repository." }))
            : caller.Workflow is { } signed && workflow is not null && signed != workflow
                ? (null, TypedResults.Problem(new ProblemDetails { Status = 403, Title = "The credential is of another workflow." }))
                : (caller, null);
    }

    /// <summary>Of a repository of the caller's owner: its name without it.</summary>
    public static string NameIn(Caller caller, string? repository) => repository?[(caller.Owner.Length + 1)..] ?? "";
}
