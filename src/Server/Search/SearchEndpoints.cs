using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Sallyport.Server.Access;

namespace Sallyport.Server.Search;

/// <summary>The search, for programs and for its page: <c>/api/v1/search</c>.</summary>
internal static class SearchEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/v1").WithTags("Search").RequireAuthorization(AccessSetup.SignedIn);
        group.MapGet("/search", SearchAsync)
            .WithName("search")
            .WithSummary("Jobs of the last days that did this, the newest first.")
            .WithDescription(
                "what: hash, program, destination, name or path. value: SHA-256; path or name of a program; host, *.host or address; "
                + "name or *.name; path, or path/ for all below. Looks only into organisations that the caller may read.")
            .Produces<EventAnswer>()
            .ProducesProblem(400).ProducesProblem(401).ProducesProblem(503);
        group.MapGet("/searches", ListAsync)
            .WithName("listSavedSearches").WithSummary("Searches that an organisation has kept.")
            .Produces<List<SavedSearch>>().ProducesProblem(401).ProducesProblem(403);
        group.MapPost("/searches", SaveAsync).AddEndpointFilter(SameOrigin.CheckAsync)
            .WithName("saveSearch").WithSummary("Keeps a search for an organisation; for its operators.")
            .Produces<SavedSearch>(201).ProducesProblem(400).ProducesProblem(401).ProducesProblem(403).ProducesProblem(409);
        group.MapDelete("/searches/{owner}/{id}", RemoveAsync).AddEndpointFilter(SameOrigin.CheckAsync)
            .WithName("removeSavedSearch").WithSummary("Removes a search that was kept; for operators.")
            .Produces(204).ProducesProblem(401).ProducesProblem(403).ProducesProblem(404);
    }

    private static async Task<Results<Ok<EventAnswer>, ProblemHttpResult>> SearchAsync(
        HttpContext context, EventSearch search, string? what, string? value, int? days, string? owner, string? repository,
        CancellationToken cancellation)
    {
        if (EventQuery.TryRead(what, value, days, owner, repository, out var mistake) is not { } query)
        {
            return Problem(400, mistake!);
        }

        try
        {
            return TypedResults.Ok(await search.FindAsync(query, Viewer.Of(context.User), cancellation));
        }
        catch (TimeoutException e)
        {
            return Problem(503, e.Message);
        }
    }

    private static async Task<Results<Ok<List<SavedSearch>>, ProblemHttpResult>> ListAsync(
        HttpContext context, SavedSearches searches, string owner, CancellationToken cancellation) =>
        Viewer.Of(context.User).May(owner, Role.Viewer)
            ? TypedResults.Ok(await searches.ListAsync(owner.ToLowerInvariant(), cancellation))
            : Forbidden(owner);

    private static async Task<Results<Created<SavedSearch>, ProblemHttpResult>> SaveAsync(
        HttpContext context, SavedSearches searches, SavedSearchAsked asked, CancellationToken cancellation)
    {
        if (asked.Owner is null || !Viewer.Of(context.User).May(asked.Owner, Role.Operator))
        {
            return Forbidden(asked.Owner);
        }

        if (asked.Name is not { Length: > 0 and <= SavedSearches.MaximumName } name || name.Contains('\0', StringComparison.Ordinal))
        {
            return Problem(400, $"'name' has 1 to {SavedSearches.MaximumName} characters, and no NUL.");
        }

        if (EventQuery.TryRead(asked.What, asked.Value, asked.Days, asked.Owner, asked.Repository, out var mistake) is not { } query)
        {
            return Problem(400, mistake!);
        }

        var saved = await searches.AddAsync(query.Owner!, name, TextOf(query), Actor.Of(context), cancellation);
        return saved is null
            ? Problem(409, $"{asked.Owner} has {SavedSearches.Maximum} saved searches already.")
            : TypedResults.Created($"/api/v1/searches/{Uri.EscapeDataString(saved.Owner)}/{saved.Id}", saved);
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> RemoveAsync(
        HttpContext context, SavedSearches searches, string owner, string id, CancellationToken cancellation) =>
        !Viewer.Of(context.User).May(owner, Role.Operator) ? Forbidden(owner)
        : await searches.RemoveAsync(owner.ToLowerInvariant(), id, Actor.Of(context), cancellation) ? TypedResults.NoContent()
        : Problem(404, "There is no such saved search.");

    private static string TextOf(EventQuery query)
    {
        var text = QueryString.Empty
            .Add("what", $"{query.Subject}".ToLowerInvariant())
            .Add("value", query.Value)
            .Add("days", query.Days.ToString(System.Globalization.CultureInfo.InvariantCulture))
            .Add("owner", query.Owner!);
        text = query.Repository is { } repository ? text.Add("repository", repository) : text;
        return text.ToString()[1..];
    }

    private static ProblemHttpResult Forbidden(string? owner) => Problem(403, $"Your role in '{owner}' does not allow it.");

    private static ProblemHttpResult Problem(int status, string title) =>
        TypedResults.Problem(new ProblemDetails { Status = status, Title = title });
}
