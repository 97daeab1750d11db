using Microsoft.AspNetCore.Mvc;
using Sallyport.Server.Access;
using Sallyport.Server.Configuration;
using Sallyport.Server.Insights.Lists;
using Sallyport.Server.Retention;

namespace Sallyport.Server.Ui.Pages.Settings;

/// <summary>How long an organisation's jobs are kept. Members read it; what would remove jobs is saved when it is said twice.</summary>
internal sealed class RetentionModel(
    Owners owners, RetentionStore retention, PastRetention past, ServerSettings settings, TimeProvider time) : OwnerPage(owners, time)
{
    private readonly Owners known = owners;

    public override Role Needed => Role.Viewer;

    public bool MayChange => Owner is not null && Viewer.May(Owner, Role.Administrator);

    /// <summary>What the organisation has of its own.</summary>
    public OwnerRetention Own { get; private set; } = null!;

    public ServerLimits Server => settings.Limits;

    public JobAmount Kept { get; private set; } = null!;

    public JobAmount Past { get; private set; } = null!;

    /// <summary>Null when it was never changed.</summary>
    public RetentionChange? Last { get; private set; }

    /// <summary>As the fields have them.</summary>
    public (string Days, string Size) Fields { get; private set; }

    public IReadOnlyList<string> Mistakes { get; private set; } = [];

    /// <summary>What the values that were sent would remove: they are not saved yet.</summary>
    public JobAmount? Removing { get; private set; }

    public static string Age(int days) => days == 0 ? "no bound" : Show.Many(days, "day", "days");

    public static string Size(long bytes) => bytes == 0 ? "no bound" : ByteSize.Text(bytes);

    /// <summary>What is sent to say it twice: it holds for these values alone.</summary>
    public static string Sure((string Days, string Size) fields) => $"{fields.Days}/{fields.Size}";

    public async Task<IActionResult> OnGetAsync(string? owner) =>
        !await ChooseAsync(owner) ? StatusCode(StatusCodes.Status403Forbidden)
        : Owner is null ? Page()
        : await LoadAsync(Owner) ? Page() : NotFound();

    public async Task<IActionResult> OnPostSaveAsync(string? owner, string? days, string? size, string? sure)
    {
        if (!await ChooseAsync(owner) || Owner is null || !MayChange)
        {
            return StatusCode(StatusCodes.Status403Forbidden);
        }

        if (!await LoadAsync(Owner))
        {
            return NotFound();
        }

        Fields = (days?.Trim() ?? "", size?.Trim() ?? "");
        Mistakes = [.. new[] { RetentionFields.ReadDays(Fields.Days, out var age), RetentionFields.ReadBytes(Fields.Size, out var bytes) }.OfType<string>()];
        if (Mistakes.Count > 0)
        {
            return Page();
        }

        var asked = new OwnerRetention { Name = Owner, RetentionDays = age, RetentionBytes = bytes };
        if (sure != Sure(Fields) && await past.CountAsync(Owner, RetentionBounds.Of(asked, settings.Limits), Kept, Aborted) is { Jobs: > 0 } removed)
        {
            Removing = removed;
            return Page();
        }

        await retention.SetAsync(Owner, age, bytes, Actor.Of(HttpContext), Aborted);
        return Redirect(new Address("/settings/retention").With(("owner", Owner)).ToString());
    }

    private async Task<bool> LoadAsync(string owner)
    {
        if (!await known.ExistsAsync(owner, Aborted))
        {
            return false;
        }

        Own = await retention.FindAsync(owner, Aborted);
        Fields = (RetentionFields.Text(Own.RetentionDays), RetentionFields.Text(Own.RetentionBytes));
        Kept = await past.KeptAsync(owner, Aborted);
        Past = await past.CountAsync(owner, RetentionBounds.Of(Own, settings.Limits), Kept, Aborted);
        Last = await retention.LastChangeAsync(owner, Aborted);
        return true;
    }
}
