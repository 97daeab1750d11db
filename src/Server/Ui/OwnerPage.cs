using Sallyport.Server.Access;
using Sallyport.Server.Insights.Lists;

namespace Sallyport.Server.Ui;

/// <summary>A page of settings of one organisation, which an administrator of it chooses.</summary>
internal abstract class OwnerPage(Owners owners, TimeProvider time) : ListPage(time)
{
    /// <summary>Organisations that they administer.</summary>
    public IReadOnlyList<string> Administered { get; private set; } = [];

    /// <summary>The one that is chosen; null when there is none.</summary>
    public string? Owner { get; private set; }

    /// <summary>Takes the organisation that was asked for; false when it may not be changed by the viewer.</summary>
    protected async Task<bool> ChooseAsync(string? asked)
    {
        Administered = await owners.AdministeredAsync(Viewer, HttpContext.RequestAborted);
        Owner = asked?.Trim().ToLowerInvariant() is { Length: > 0 } named ? named : Administered.Count > 0 ? Administered[0] : null;
        return Owner is null ? asked is null : Viewer.May(Owner, Role.Administrator);
    }
}
