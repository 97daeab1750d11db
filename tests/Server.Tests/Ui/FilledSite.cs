using Microsoft.Extensions.DependencyInjection;
using Sallyport.Server.Access;
using Sallyport.Server.DenyLists;
using Sallyport.Server.Insights.Lists;
using Sallyport.Server.Overrides;
using Sallyport.Server.Policies;
using Sallyport.Server.Retention;
using Sallyport.Server.Search;

namespace Sallyport.Server.Tests.Ui;

/// <summary>A server with two organisations that have something on every page: octo, and acme, whose names all begin with "hidden".</summary>
internal sealed class FilledSite : IAsyncDisposable
{
    private const string Policy = "version: 1\nmode: block\nallow: []\n";

    private readonly Dictionary<string, string> jobs = [];
    private readonly Dictionary<string, string[]> findings = [];
    private readonly Dictionary<(string Owner, Role Role), Visitor> visitors = [];

    private FilledSite(TestServer server) => Server = server;

    public TestServer Server { get; }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<FilledSite> StartAsync(StoreKind kind, PostgresCluster cluster)
    {
        var site = new FilledSite(await TestServer.StartAsync(kind, cluster));
        await site.FillAsync("octo", "");
        await site.FillAsync("acme", "hidden-");
        return site;
    }

    /// <summary>Where a page is seen with what an organisation has; several where it has several kinds.</summary>
    public string[] AddressesOf(string path, string owner) => path switch
    {
        "/jobs/{id}" => [$"/jobs/{jobs[owner]}"],
        "/findings/{id}" => [.. findings[owner].Select(id => $"/findings/{id}")],
        "/findings" => [$"/findings?status=any&owner={owner}"],
        "/sign-in/link/{secret}" => ["/sign-in/link/none"],
        "/destination" => [$"/destination?owner={owner}&protocol=tcp&host={HostOf(owner)}&port=443"],
        "/policies/edit" => [$"/policies/edit?owner={owner}&name={NameOf(owner)}strict"],
        "/search" => ["/search?q=site"],
        "/search/events" => [$"/search/events?what=destination&value=*.example.com&owner={owner}"],
        _ => [$"{path}?owner={owner}"],
    };

    /// <summary>Somebody with a role, who has signed in once: the server bounds how often that is done in a minute.</summary>
    public async Task<Visitor> VisitorAsync(string owner, Role role)
    {
        if (!visitors.TryGetValue((owner, role), out var visitor))
        {
            visitors[(owner, role)] = visitor = owner == Viewer.Everywhere
                ? await Visitor.AdministratorAsync(Server)
                : await Visitor.WithRoleAsync(Server, owner, role);
        }

        return visitor;
    }

    public ValueTask DisposeAsync()
    {
        foreach (var visitor in visitors.Values)
        {
            visitor.Dispose();
        }

        return Server.DisposeAsync();
    }

    private static string NameOf(string owner) => owner == "acme" ? "hidden-" : "";

    private static string HostOf(string owner) => $"{NameOf(owner)}files.example.com";

    private async Task FillAsync(string owner, string name)
    {
        var services = Server.Services;
        var (key, job) = (await Server.KeyAsync(owner), TestRecording.Job($"{owner}/{name}site") with { Workflow = $"{name}CI", Runner = $"{name}runner" });
        await services.GetRequiredService<ApiKeys>().CreateAsync(owner, $"{name}key", ApiKeyRow.ReadScope, Actor.Console, Cancellation);
        jobs[owner] = (await Server.UploadAsync(
            key, job, TestRecording.Of(new MadeJob(new string('a', 64), HostOf(owner), "198.51.100.7", $"/work/{name}site/x").Events()))).JobKey;
        foreach (var one in new[] { "new", "seen", "suppressed" })
        {
            await Server.UploadAsync(
                key, job with { RunId = one, Job = $"{name}{one}", JobName = $"{name}{one}" }, TestRecording.Read(TestRecording.Corpus("name-mismatch")));
        }

        await MarkAsync(owner, name);
        var policies = services.GetRequiredService<PolicyStore>();
        Assert.Empty(await policies.SaveAsync(owner, $"{name}strict", Policy, $"{name}why", Actor.Console, Cancellation));
        var place = new BindingRow { Owner = owner, Policy = $"{name}strict", Repository = $"{name}site", Workflow = "", JobName = "" };
        Assert.Null(await policies.AttachAsync(place, Actor.Console, Cancellation));
        Assert.Empty(await services.GetRequiredService<DenyListStore>().SaveAsync(
            owner, $"{name}evil.example # why", $"{name}why", atLeast: 0, anew: false, Actor.Console, Cancellation));
        Assert.Empty(await services.GetRequiredService<OverrideStore>().SignAsync(
            new OverrideAsked(owner, $"{name}site", null, $"{name}runner", $"{name}why", TimeProvider.System.GetUtcNow().AddHours(3)), Actor.Console, Cancellation));
        Assert.NotNull(await services.GetRequiredService<SavedSearches>().AddAsync(
            owner, $"{name}search", $"what=name&value={HostOf(owner)}", Actor.Console, Cancellation));
        Assert.NotNull(await services.GetRequiredService<Accounts>().InviteAsync(Actor.Console, $"{name}mona-{owner}", owner, Role.Viewer, Cancellation));
        await services.GetRequiredService<RetentionStore>().SetAsync(owner, 400, null, Actor.Console, Cancellation);
    }

    // One finding of each status.
    private async Task MarkAsync(string owner, string name)
    {
        var all = Server.Services.GetRequiredService<Findings>();
        var viewer = Viewer.Nobody with { Roles = Viewer.Nobody.Roles.Add(owner, Role.Operator) };
        var rows = (await all.ListAsync(viewer, new FindingFilter(), null, Cancellation)).Rows;
        findings[owner] = [.. rows.Select(row => row.Id)];
        Assert.Equal(3, findings[owner].Length);
        await all.MarkAsync(rows.Single(row => row.JobName == $"{name}seen"), true, Actor.Console, Cancellation);
        var hidden = rows.Single(row => row.JobName == $"{name}suppressed");
        var suppression = new SuppressionRow
        {
            Owner = owner,
            Repository = hidden.Repository,
            Workflow = hidden.Workflow,
            JobName = hidden.JobName,
            Detector = hidden.Detector,
            Reason = $"{name}reason",
        };
        await Server.Services.GetRequiredService<Suppressions>().AddAsync(suppression, Actor.Console, Cancellation);
    }
}
