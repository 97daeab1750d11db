using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Sallyport.Server.Access;
using Sallyport.Server.Store;

namespace Sallyport.Server.Tests.Ui;

/// <summary>Who sees which page, and may send which form: all that the server has. One that is new and not named here fails the test.</summary>
public sealed class PageAccessTests(PostgresCluster cluster, SharedSites sites) : IClassFixture<SharedSites>
{
    // Role in the organisation; those of the whole server are Administrator too, and named below.
    private static readonly Dictionary<string, Role> Forms = new()
    {
        ["/settings Password"] = Role.Viewer,
        ["/policies/edit Preview"] = Role.Viewer,
        ["/policies/edit Save"] = Role.Operator,
        ["/policies Attach"] = Role.Operator,
        ["/policies Detach"] = Role.Operator,
        ["/findings Acknowledge"] = Role.Operator,
        ["/findings Reopen"] = Role.Operator,
        ["/findings/{id} Acknowledge"] = Role.Operator,
        ["/findings/{id} Reopen"] = Role.Operator,
        ["/findings/{id} Suppress"] = Role.Operator,
        ["/suppressions End"] = Role.Operator,
        ["/search/events Keep"] = Role.Operator,
        ["/search/events Forget"] = Role.Operator,
        ["/policies/deny-list Check"] = Role.Administrator,
        ["/policies/deny-list Save"] = Role.Administrator,
        ["/policies/overrides Sign"] = Role.Administrator,
        ["/policies/overrides Revoke"] = Role.Administrator,
        ["/settings/keys Make"] = Role.Administrator,
        ["/settings/keys Revoke"] = Role.Administrator,
        ["/settings/members Role"] = Role.Administrator,
        ["/settings/retention Save"] = Role.Administrator,
        ["/settings/members Invite"] = Role.Administrator,
        ["/settings/members Disable"] = Role.Administrator,
        [FirstKey] = Role.Administrator,
    };

    private static readonly string[] OfNobody = ["/sign-in/link/{secret}", "/sign-in/password", "/sign-out", "/missing"];

    /// <summary>Accounts are not an organisation's: an administrator of one neither makes nor closes them.</summary>
    private static readonly string[] OfServer = ["/settings/members Invite", "/settings/members Disable"];

    private const string FirstKey = "/ Key";

    /// <summary>Each form, once, with what a person adds to it, and what it adds to the audit; null where it changes nothing.</summary>
    private static readonly (string Handler, string? Action, (string Name, string Value)[] Said)[] Sent =
    [
        ("/policies/edit Preview", null, [("text", Policy)]),
        ("/policies/edit Save", "policy.saved", [("text", Policy), ("comment", "why")]),
        ("/policies Attach", "policy.attached", [("policy", "strict"), ("floor", "true")]),
        ("/policies Detach", "policy.detached", []),
        ("/findings Acknowledge", "finding.acknowledged", []),
        ("/findings Reopen", "finding.reopened", []),
        ("/findings/{id} Acknowledge", "finding.acknowledged", []),
        ("/findings/{id} Reopen", "finding.reopened", []),
        ("/findings/{id} Suppress", "finding.suppressed", [("scope", "job"), ("about", "this"), ("reason", "why"), ("days", "7")]),
        ("/suppressions End", "finding.unsuppressed", []),
        ("/search/events Keep", "search.saved", [("name", "another"), ("keeper", "octo")]),
        ("/search/events Forget", "search.removed", []),
        ("/policies/deny-list Check", null, [("text", "evil.example # other")]),
        ("/policies/deny-list Save", "deny-list.saved", [("text", "evil.example # other"), ("comment", "why")]),
        ("/policies/overrides Sign", "override.signed", [("reason", "why"), ("hours", "2")]),
        ("/policies/overrides Revoke", "override.revoked", []),
        ("/settings/keys Make", "api-key.created", [("name", "another"), ("scope", "read")]),
        ("/settings/keys Revoke", "api-key.revoked", []),
        ("/settings/members Role", "member.role-changed", [("role", "Administrator")]),
        ("/settings/members Invite", "account.link-made, member.invited", [("name", "hubot"), ("role", "Viewer")]),
        ("/settings/members Disable", "account.disabled", []),
        ("/settings/members Disable", "account.enabled", []),
        ("/settings/retention Save", "retention.changed", [("days", "300")]),
        ("/settings Password", "account.password-set", [("password", Password), ("again", Password)]),
        (FirstKey, "api-key.created", [("owner", "octo")]),
    ];

    private const string Policy = "version: 1\nmode: audit\nallow: []\n";
    private const string Password = "correct horse battery";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_form_and_every_page_without_sign_in_is_named_here_and_no_form_is_taken_from_another_site()
    {
        await using var server = await TestServer.StartAsync(StoreKind.Sqlite, cluster);
        var pages = await SitePages.AllAsync(server);
        Assert.Equal(
            Forms.Keys.Concat(OfNobody).Order(StringComparer.Ordinal),
            pages.SelectMany(page => page.Forms).Order(StringComparer.Ordinal));
        Assert.Equal(
            ["/missing", "/sign-in", "/sign-in/link/{secret}", "/sign-in/password", "/sign-in/provider", "/sign-out"],
            pages.Where(page => page.IsAnonymous).Select(page => page.Path).Order(StringComparer.Ordinal));

        // What another site sends has the cookies, and not the token of a page. The page for what is missing changes nothing, and asks for none.
        using var all = await Visitor.AdministratorAsync(server);
        foreach (var form in pages.SelectMany(page => page.Forms).Where(form => form != "/missing"))
        {
            var path = form.Split(' ')[0].Replace("{id}", new string('0', 32), StringComparison.Ordinal).Replace("{secret}", "none", StringComparison.Ordinal);
            using var response = await all.PostWithoutTokenAsync($"{path}?handler={form.Split(' ').ElementAtOrDefault(1)}", ("owner", "octo"));
            Assert.True(response.StatusCode == HttpStatusCode.BadRequest, $"{form}: {response.StatusCode}");
        }

        // Nobody was signed out.
        await all.PageAsync("/runs");
    }

    [Fact]
    public async Task Each_page_is_seen_by_its_roles_and_leads_others_away()
    {
        var site = await sites.OfAsync(StoreKind.Sqlite);
        using var stranger = Visitor.Stranger(site.Server);
        var addresses = await AddressesAsync(site, "octo");
        foreach (var address in addresses)
        {
            using var response = await stranger.SendAsync(address);
            Assert.True(response.StatusCode == HttpStatusCode.Found, $"{address}: {response.StatusCode}");
            Assert.Equal("/sign-in", response.Headers.Location!.AbsolutePath);
        }

        foreach (var role in new[] { Role.Viewer, Role.Operator, Role.Administrator })
        {
            var member = await site.VisitorAsync("octo", role);
            foreach (var address in addresses)
            {
                var isRefused = role < Role.Administrator && address.Split('?')[0] is "/settings/keys" or "/settings/members";
                using var response = await member.SendAsync(address);
                Assert.True(response.StatusCode == (isRefused ? HttpStatusCode.Forbidden : HttpStatusCode.OK), $"{role} {address}: {response.StatusCode}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(StoreKinds.Databases), MemberType = typeof(StoreKinds))]
    public async Task Nothing_of_another_organisation_is_on_any_page_whatever_is_asked_for(StoreKind kind)
    {
        var site = await sites.OfAsync(kind);
        var (own, foreign) = (await AddressesAsync(site, "octo"), await AddressesAsync(site, "acme"));
        foreach (var role in new[] { Role.Viewer, Role.Operator, Role.Administrator })
        {
            var member = await site.VisitorAsync("octo", role);
            foreach (var address in own.Concat(own.Select(address => address.Split('?')[0])).Concat(foreign))
            {
                var page = await ReadAsync(member, address);
                Assert.False(page.Contains("hidden-", StringComparison.Ordinal), $"{role} {address}");
                Assert.True(foreign.Contains(address) || !page.Contains("acme", StringComparison.Ordinal), $"{role} {address}");
            }
        }

        // Whoever may sees it there: the pages are not just empty.
        var all = await site.VisitorAsync(Viewer.Everywhere, Role.Administrator);
        foreach (var address in foreign.Where(address => address.Split('?')[0] is not ("/" or "/settings" or "/denied" or "/settings/retention")))
        {
            Assert.True((await ReadAsync(all, address)).Contains("hidden-", StringComparison.Ordinal), address);
        }
    }

    [Fact]
    public async Task Each_form_is_seen_and_may_be_sent_by_its_roles_alone()
    {
        var site = await sites.OfAsync(StoreKind.Sqlite);
        var all = await site.VisitorAsync(Viewer.Everywhere, Role.Administrator);
        var viewer = await site.VisitorAsync("octo", Role.Viewer);
        var member = await site.VisitorAsync("octo", Role.Operator);
        var administrator = await site.VisitorAsync("octo", Role.Administrator);
        var other = await site.VisitorAsync("acme", Role.Administrator);
        PageForm[] forms =
            [.. await FormsAsync(site, administrator), .. (await FormsAsync(site, all)).Where(form => OfServer.Contains(form.Handler))];
        foreach (var (visitor, role) in new[] { (viewer, Role.Viewer), (member, Role.Operator), (administrator, Role.Administrator) })
        {
            Assert.Equal(
                Forms.Where(form => form.Value <= role && form.Key != FirstKey && !OfServer.Contains(form.Key)).Select(form => form.Key).Append("/sign-out").Order(StringComparer.Ordinal),
                (await FormsAsync(site, visitor)).Select(form => form.Handler).Distinct().Order(StringComparer.Ordinal));
            var before = await AuditedAsync(site);
            foreach (var form in forms.Where(form => OfServer.Contains(form.Handler) || Forms.GetValueOrDefault(form.Handler) > role))
            {
                using var response = await visitor.PostAsync("/settings", form.Action, form.Fields);
                Assert.True(response.StatusCode == HttpStatusCode.Forbidden, $"{role} {form.Action}: {response.StatusCode}");
            }

            Assert.Equal(before, await AuditedAsync(site));
        }

        var unchanged = await AuditedAsync(site);
        foreach (var form in forms.Where(form => form.Handler is not ("/settings Password" or "/sign-out")))
        {
            using var response = await other.PostAsync("/settings", form.Action, form.Fields);
            Assert.True(response.StatusCode is HttpStatusCode.Forbidden or HttpStatusCode.NotFound, $"{form.Action}: {response.StatusCode}");
        }

        Assert.Equal(unchanged, await AuditedAsync(site));
    }

    [Theory]
    [MemberData(nameof(StoreKinds.Databases), MemberType = typeof(StoreKinds))]
    public async Task Each_form_that_changes_something_says_so_in_the_audit_once(StoreKind kind)
    {
        Assert.Equal(Forms.Keys.Order(StringComparer.Ordinal), Sent.Select(sent => sent.Handler).Distinct().Order(StringComparer.Ordinal));
        await using var site = await FilledSite.StartAsync(kind, cluster);
        using var all = await Visitor.AdministratorAsync(site.Server);
        foreach (var (handler, action, said) in Sent)
        {
            var form = handler == FirstKey ? new PageForm("/?handler=Key", []) : await FormAsync(site, all, handler);
            var before = (await EntriesAsync(site)).Select(entry => entry.Id).ToHashSet();
            using var response = await all.PostAsync("/settings", form.Action, [.. form.Fields.ExceptBy(said.Select(field => field.Name), field => field.Name), .. said]);
            Assert.True(response.StatusCode is HttpStatusCode.OK or HttpStatusCode.Found, $"{handler}: {response.StatusCode}");
            var added = (await EntriesAsync(site)).Where(entry => !before.Contains(entry.Id)).ToList();
            Assert.Equal((handler, action ?? ""), (handler, string.Join(", ", added.Select(entry => entry.Action).Order(StringComparer.Ordinal))));
            Assert.All(added, entry => Assert.Equal((Accounts.Administrator, "127.0.0.1"), (entry.Actor, entry.Address)));
        }
    }

    [Fact]
    public async Task The_key_of_the_first_page_is_made_by_administrators()
    {
        await using var server = await TestServer.StartAsync(StoreKind.Sqlite, cluster);
        foreach (var role in new[] { Role.Viewer, Role.Operator, Role.Administrator })
        {
            using var member = await Visitor.WithRoleAsync(server, "octo", role);
            Assert.Equal(role == Role.Administrator, (await member.PageAsync("/")).Contains("handler=Key", StringComparison.Ordinal));
            using var made = await member.PostAsync("/settings", "/?handler=Key", ("owner", "octo"));
            Assert.Equal(role == Role.Administrator ? HttpStatusCode.OK : HttpStatusCode.Forbidden, made.StatusCode);
        }
    }

    [Fact]
    public async Task A_form_without_its_fields_is_a_mistake_of_who_sent_it()
    {
        await using var site = await FilledSite.StartAsync(StoreKind.Sqlite, cluster);
        using var all = await Visitor.AdministratorAsync(site.Server);
        foreach (var form in (await FormsAsync(site, all)).Where(form => form.Handler != "/sign-out").Append(new PageForm("/?handler=Key", [])))
        {
            using var response = await all.PostAsync("/settings", form.Action);
            Assert.True((int)response.StatusCode < 500, $"{form.Action}: {response.StatusCode}");
        }
    }

    private static async Task<IReadOnlyList<string>> AddressesAsync(FilledSite site, string owner) =>
        [.. (await SitePages.AllAsync(site.Server)).Where(page => !page.IsAnonymous).SelectMany(page => site.AddressesOf(page.Path, owner))];

    private static async Task<IReadOnlyList<PageForm>> FormsAsync(FilledSite site, Visitor visitor)
    {
        var forms = new List<PageForm>();
        foreach (var address in await AddressesAsync(site, "octo"))
        {
            forms.AddRange(PageForm.Of(address, await ReadAsync(visitor, address)));
        }

        return forms;
    }

    // As it stands now: the first on the pages that have it.
    private static async Task<PageForm> FormAsync(FilledSite site, Visitor visitor, string handler)
    {
        foreach (var address in site.AddressesOf(handler.Split(' ')[0], "octo"))
        {
            if (PageForm.Of(address, await ReadAsync(visitor, address)).FirstOrDefault(form => form.Handler == handler) is { } form)
            {
                return form;
            }
        }

        throw new InvalidOperationException($"no page has {handler}");
    }

    private static Task<List<AuditRow>> EntriesAsync(FilledSite site) =>
        site.Server.Services.GetRequiredService<Audit>().ListAsync(null, null, 1_000, Cancellation);

    private static async Task<string> ReadAsync(Visitor visitor, string address)
    {
        using var response = await visitor.SendAsync(address);
        return await response.Content.ReadAsStringAsync(Cancellation);
    }

    private static async Task<long> AuditedAsync(FilledSite site) =>
        await site.Server.Services.GetRequiredService<Database>().OneAsync<long>("SELECT COUNT(*) FROM audit", null, Cancellation);
}
