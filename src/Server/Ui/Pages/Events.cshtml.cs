using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.WebUtilities;
using Sallyport.Server.Access;
using Sallyport.Server.Search;

namespace Sallyport.Server.Ui.Pages;

/// <summary>Which jobs of the last days did this: a program, a hash, an address, a name, a path; and searches that are kept.</summary>
internal sealed class EventsModel(EventSearch search, SavedSearches saved, TimeProvider time) : ListPage(time)
{
    public static (string Value, string Title)[] Subjects =>
    [
        ("destination", "reached host or address"), ("name", "asked for name"), ("program", "ran program"),
        ("hash", "ran SHA-256"), ("path", "wrote path"),
    ];

    public static int[] Spans => [7, 30, 90, 365];

    public EventAnswer? Answer { get; private set; }

    public string? Mistake { get; private set; }

    /// <summary>Why a search was not kept; null when none was to be, or it is.</summary>
    public string? NotKept { get; private set; }

    public IReadOnlyList<SavedSearch> Saved { get; private set; } = [];

    public int Days => int.TryParse(Here["days"], NumberStyles.None, CultureInfo.InvariantCulture, out var days) ? days : 90;

    /// <summary>Organisations in which they may keep a search.</summary>
    public IEnumerable<string> Keepable => Looked.Where(owner => Viewer.May(owner, Role.Operator));

    public Task OnGetAsync()
    {
        Read();
        return ShowAsync();
    }

    public async Task<IActionResult> OnPostKeepAsync(string? name, string? keeper)
    {
        Read();
        if (keeper is null || !Viewer.May(keeper, Role.Operator))
        {
            return StatusCode(StatusCodes.Status403Forbidden);
        }

        if (EventQuery.TryRead(Here["what"], Here["value"], Days, Here["owner"], Here["repository"], out _) is null)
        {
            return BadRequest();
        }

        var named = name?.Trim() ?? "";
        NotKept = named.Length is 0 or > SavedSearches.MaximumName || named.Contains('\0', StringComparison.Ordinal)
            ? $"Not kept: its name has 1 to {SavedSearches.MaximumName} characters."
            : await saved.AddAsync(keeper.ToLowerInvariant(), named, Here.ToString().Split('?', 2)[1], Actor.Of(HttpContext), Aborted) is null
                ? $"Not kept: {keeper} keeps {SavedSearches.Maximum} searches already, and no more. Forget one that is not used any more."
                : null;
        if (NotKept is null)
        {
            return Redirect(Here.ToString());
        }

        await ShowAsync();
        return Page();
    }

    public async Task<IActionResult> OnPostForgetAsync(string? keeper, string? id)
    {
        Read();
        if (keeper is null || !Viewer.May(keeper, Role.Operator))
        {
            return StatusCode(StatusCodes.Status403Forbidden);
        }

        // One that is gone already is no mistake: it is not there, as was asked.
        await saved.RemoveAsync(keeper.ToLowerInvariant(), id ?? "", Actor.Of(HttpContext), Aborted);
        return Redirect(Here.ToString());
    }

    /// <summary>Of a search that is kept: only the filters that this page knows.</summary>
    public static Address LinkOf(SavedSearch kept)
    {
        var values = QueryHelpers.ParseQuery(kept.Query);
        return new Address("/search/events").With(
            [.. Names.Where(values.ContainsKey).Select(name => (name, (string?)values[name].ToString()))]);
    }

    private static string[] Names => ["what", "value", "days", "owner", "repository"];

    /// <summary>Organisations whose searches are shown: their own, and the one that is asked for; 20 at most.</summary>
    private IEnumerable<string> Looked => Viewer.Owners.Where(owner => owner != Viewer.Everywhere).Append(Here["owner"]?.ToLowerInvariant())
        .OfType<string>().Distinct(StringComparer.Ordinal).Where(owner => Viewer.May(owner, Role.Viewer)).Take(20);

    private void Read() => Here = Address.Of(Request, Names);

    private async Task ShowAsync()
    {
        foreach (var owner in Looked)
        {
            Saved = [.. Saved, .. await saved.ListAsync(owner, Aborted)];
        }

        if (Here["value"] is null)
        {
            return;
        }

        if (EventQuery.TryRead(Here["what"], Here["value"], Days, Here["owner"], Here["repository"], out var mistake) is not { } query)
        {
            Mistake = mistake;
            return;
        }

        try
        {
            Answer = await search.FindAsync(query, Viewer, Aborted);
        }
        catch (TimeoutException e)
        {
            Mistake = e.Message;
        }
    }
}
