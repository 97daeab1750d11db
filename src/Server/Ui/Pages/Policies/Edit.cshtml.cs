using System.Text;
using Microsoft.AspNetCore.Mvc;
using Sallyport.Policy;
using Sallyport.Policy.Editing;
using Sallyport.Policy.Linting;
using Sallyport.Policy.Reading;
using Sallyport.Server.Access;
using Sallyport.Server.Policies;

namespace Sallyport.Server.Ui.Pages.Policies;

/// <summary>One policy: its text, what is wrong or unwise in it, its versions and what each changed, and what it would have done.</summary>
internal sealed class EditModel(PolicyStore policies, PolicyPreview preview, TimeProvider time) : ListPage(time)
{
    private const string Template = "version: 1\nmode: audit\nallow:\n  - github.com:443\n";

    public string Owner { get; private set; } = "";

    public string Name { get; private set; } = "";

    public string Text { get; private set; } = "";

    public bool MayChange => Viewer.May(Owner, Role.Operator);

    public IReadOnlyList<PolicyRow> Versions { get; private set; } = [];

    public IReadOnlyList<string> Mistakes { get; private set; } = [];

    public IReadOnlyList<string> Warnings { get; private set; } = [];

    public PreviewAnswer? Preview { get; private set; }

    /// <summary>Why there is no preview, though it was asked for.</summary>
    public string? Busy { get; private set; }

    public async Task<IActionResult> OnGetAsync(string? owner, string? name, int? version)
    {
        if (!await ChooseAsync(owner, name))
        {
            return NotFound();
        }

        var shown = version is null ? Versions.Count > 0 ? Versions[0] : null : Versions.FirstOrDefault(row => row.Number == version);
        if (shown is null && (Versions.Count > 0 || !MayChange))
        {
            return NotFound();
        }

        Text = shown?.Text ?? Template;
        Look();
        return Page();
    }

    public async Task<IActionResult> OnPostSaveAsync(string? owner, string? name, string? text, string? comment)
    {
        if (!await ChooseAsync(owner, name) || !MayChange)
        {
            return StatusCode(StatusCodes.Status403Forbidden);
        }

        Text = text ?? "";
        Mistakes = await policies.SaveAsync(Owner, Name, Text, comment, Actor.Of(HttpContext), Aborted);
        return Mistakes.Count > 0
            ? Page()
            : Redirect(new Address("/policies/edit").With(("owner", Owner), ("name", Name)).ToString());
    }

    public async Task<IActionResult> OnPostPreviewAsync(string? owner, string? name, string? text)
    {
        if (!await ChooseAsync(owner, name))
        {
            return NotFound();
        }

        Text = text ?? "";
        if (Look() is { } document)
        {
            try
            {
                Preview = await preview.RunAsync(Owner, Name, document, Aborted);
            }
            catch (TimeoutException e)
            {
                Busy = e.Message;
                Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            }
        }

        return Page();
    }

    /// <summary>What a version changed against the one before.</summary>
    public IReadOnlyList<string> ChangesOf(PolicyRow version)
    {
        var before = Versions.FirstOrDefault(row => row.Number == version.Number - 1);
        return before is null || Read(before.Text) is not { } old || Read(version.Text) is not { } now
            ? []
            : [.. PolicyDiff.Compare(old, now).Select(difference => difference.ToString())];
    }

    private PolicyDocument? Read(string text) =>
        PolicyReader.Read(PolicySource.File(Name, Encoding.UTF8.GetBytes(text.ReplaceLineEndings("\n")))).Document;

    private PolicyDocument? Look()
    {
        var reading = PolicyReader.Read(PolicySource.File(Name, Encoding.UTF8.GetBytes(Text.ReplaceLineEndings("\n"))));
        Mistakes = [.. reading.Mistakes.Select(mistake => mistake.ToString())];
        Warnings = reading.Document is null ? [] : [.. PolicyLinter.Lint(reading.Document, new LintContext()).Select(warning => warning.ToString())];
        return reading.Document;
    }

    private async Task<bool> ChooseAsync(string? owner, string? name)
    {
        Owner = owner?.ToLowerInvariant() ?? "";
        Name = name?.Trim() ?? "";
        if (Owner.Length == 0 || Name.Length is 0 or > 100 || !Viewer.May(Owner, Role.Viewer))
        {
            return false;
        }

        Versions = await policies.VersionsAsync(Owner, Name, Aborted);
        return true;
    }
}
