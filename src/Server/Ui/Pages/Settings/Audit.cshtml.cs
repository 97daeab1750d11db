using Sallyport.Server.Access;

namespace Sallyport.Server.Ui.Pages.Settings;

/// <summary>What was changed, by whom.</summary>
internal sealed class AuditModel(Audit audit, TimeProvider time) : ListPage(time)
{
    public IReadOnlyList<AuditRow> Rows { get; private set; } = [];

    public bool MayRead { get; private set; }

    public async Task OnGetAsync()
    {
        Here = Address.Of(Request, Address.After);
        var seesAll = Viewer.May(Viewer.Everywhere, Role.Administrator);
        string[] owners = [.. Viewer.Roles.Where(pair => pair.Value == Role.Administrator).Select(pair => pair.Key)];
        MayRead = seesAll || owners.Length > 0;
        if (!MayRead)
        {
            return;
        }

        var rows = await audit.ListAsync(seesAll ? null : owners, After, Insights.Lists.PageOf<AuditRow>.Asked, Aborted);
        (Rows, Next) = Insights.Lists.PageOf<AuditRow>.From(rows, row => row.Id);
    }
}
