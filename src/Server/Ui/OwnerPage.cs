using Sallyport.Server.Access;
using Sallyport.Server.Insights.Lists;

namespace Sallyport.Server.Ui;

/// <summary>A page of settings of one organisation, which who looks chooses: of those that they administer, or may do less in where that is enough.</summary>
internal abstract class OwnerPage(Owners owners, TimeProvider time) : ListPage(time)
{
    /// <summary>What they must be in it to see the page.</summary>
    public virtual Role Needed => Role.Administrator;

    /// <summary>Organisations in which they are.</summary>
    public IReadOnlyList<string> Choices { get; private set; } = [];

    /// <summary>The one that is chosen; null when there is none.</summary>
    public string? Owner { get; private set; }

    /// <summary>Takes the organisation that was asked for; false when the viewer is less in it than is needed.</summary>
    protected async Task<bool> ChooseAsync(string? asked)
    {
        Choices = Needed == Role.Administrator ? await owners.AdministeredAsync(Viewer, Aborted) : await owners.VisibleAsync(Viewer, Aborted);
        Owner = asked?.Trim().ToLowerInvariant() is { Length: > 0 } named ? named : Choices.Count > 0 ? Choices[0] : null;
        return Owner is null ? asked is null : Viewer.May(Owner, Needed);
    }
}
