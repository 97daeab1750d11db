using System.Collections.Immutable;
using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Sallyport.Policy.Machine;
using Sallyport.Protocol.ServerOverrides;
using Sallyport.Protocol.Signing;
using Sallyport.Server.Access;
using Sallyport.Server.DenyLists;
using Sallyport.Server.Overrides;
using Sallyport.Server.Store;
using Sallyport.Server.Tests.Access;

namespace Sallyport.Server.Tests.Overrides;

public sealed class OverrideStoreTests(PostgresCluster cluster)
{
    private readonly HandTime time = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(StoreKinds.Databases), MemberType = typeof(StoreKinds))]
    public async Task Agents_get_what_was_signed_for_their_job_until_it_ends_or_is_revoked(StoreKind kind)
    {
        await using var server = await StartAsync(kind);
        var (store, key) = (Store(server), await server.KeyAsync("Octo"));
        Assert.Equal("""{"overrides":[]}""", (await GetAsync(server, key, "")).Body);
        foreach (var asked in new[]
        {
            Asked("all", 3), Asked("repository", 4) with { Repository = "site" }, Asked("run", 5) with { Run = "4711" },
            Asked("runner", 6) with { Repository = "Octo/Site", Runner = "builder-1" },
        })
        {
            Assert.Empty(await store.SignAsync(asked, Actor.Console, Cancellation));
        }

        Assert.Empty(await store.SignAsync(Asked("hidden", 3) with { Owner = "acme" }, Actor.Console, Cancellation));
        foreach (var (query, expected) in new[]
        {
            ("", (string[])["all"]), ("repository=octo/other", ["all"]), ("repository=octo/site", ["repository", "all"]),
            ("repository=octo/site&run=4711&runner=builder-2", ["run", "repository", "all"]),
            ("repository=octo/site&run=4711&runner=builder-1", ["runner", "run", "repository", "all"]),
        })
        {
            Assert.Equal(expected, await ReasonsAsync(server, key, query));
        }

        // Signed by the key that machines have, and no other.
        Assert.True(PublicKeyText.TryRead(await server.Services.GetRequiredService<DenyListStore>().OwnKeyAsync("octo", Cancellation), out var own));
        var envelope = Assert.Single(Read((await GetAsync(server, key, "")).Body));
        Assert.True(OverrideSignature.TryOpen(envelope, own, out var said, out var why), why);
        Assert.Equal(
            new ServerOverride(said.Id, "octo", null, null, null, "all", "console", Seconds(0), Seconds(3)), said);
        Assert.False(OverrideSignature.TryOpen(envelope, OwnerKey.PublicKeyOf(new byte[32]), out _, out _));

        time.Pass(TimeSpan.FromHours(4));
        Assert.Equal(["run"], await ReasonsAsync(server, key, "repository=octo/site&run=4711"));
        var rows = await store.ListAsync("octo", Cancellation);
        Assert.Equal(4, rows.Count);
        var run = rows.Single(row => row.Open()!.Value.Said.Reason == "run");
        Assert.False(await store.RevokeAsync("acme", run.Id, Actor.Console, Cancellation));
        Assert.True(await store.RevokeAsync("octo", run.Id, Actor.Console, Cancellation));
        Assert.False(await store.RevokeAsync("octo", run.Id, Actor.Console, Cancellation));
        Assert.Empty(await ReasonsAsync(server, key, "repository=octo/site&run=4711"));
        Assert.False(await store.RevokeAsync("octo", rows.Single(row => row.Open()!.Value.Said.Reason == "all").Id, Actor.Console, Cancellation));
        var entries = await server.Services.GetRequiredService<Audit>().ListAsync(["octo"], null, 10, Cancellation);
        Assert.Equal(
            ["override.revoked", "override.signed", "override.signed", "override.signed", "override.signed"],
            entries.Where(entry => entry.Action.StartsWith("override", StringComparison.Ordinal)).Select(entry => entry.Action));
        Assert.Single(entries, entry => entry.Detail?.Contains("\"reason\":\"all\"", StringComparison.Ordinal) == true);
    }

    [Fact]
    public async Task What_nobody_would_take_is_not_signed_and_all_of_it_is_told()
    {
        await using var server = await StartAsync(StoreKind.Sqlite);
        var store = Store(server);
        foreach (var (asked, expected) in new[]
        {
            (Asked("", 1), "reason"), (Asked("two\nlines", 1), "reason"), (Asked(new string('r', OverrideLimits.ReasonCharacters + 1), 1), "reason"),
            (Asked("why", 25), "at most 24"), (Asked("why", 0), "over already"), (Asked("why", -1), "over already"),
            (Asked("why", 1) with { Repository = "acme/site" }, "no repository of octo"), (Asked("why", 1) with { Owner = "*" }, "an owner has"),
            (Asked("why", 1) with { Run = new string('9', OverrideLimits.IdCharacters + 1) }, "run"),
        })
        {
            Assert.Contains(expected, Assert.Single(await store.SignAsync(asked, Actor.Console, Cancellation)), StringComparison.Ordinal);
        }

        Assert.Equal(2, (await store.SignAsync(Asked("", 1) with { Owner = "*" }, Actor.Console, Cancellation)).Count);
        Assert.Empty(await store.ListAsync("octo", Cancellation));
        for (var number = 0; number < OverrideLimits.Together; number++)
        {
            Assert.Empty(await store.SignAsync(Asked("why", 1), Actor.Console, Cancellation));
        }

        Assert.Contains("at most 16", Assert.Single(await store.SignAsync(Asked("why", 1), Actor.Console, Cancellation)), StringComparison.Ordinal);
        Assert.Equal(OverrideLimits.Together, (await ReasonsAsync(server, await server.KeyAsync("octo"), "")).Length);
    }

    /// <summary>Replicas do not go past the bound together, and what is in force is listed first.</summary>
    [Theory]
    [MemberData(nameof(StoreKinds.Databases), MemberType = typeof(StoreKinds))]
    public async Task Signed_at_once_they_are_no_more_than_are_given(StoreKind kind)
    {
        await using var server = await StartAsync(kind);
        var store = Store(server);
        var signed = await Task.WhenAll(Enumerable.Range(0, 2 * OverrideLimits.Together).Select(
            _ => store.SignAsync(Asked("why", 1), Actor.Console, Cancellation)));
        Assert.Equal(OverrideLimits.Together, signed.Count(mistakes => mistakes.Count == 0));
        Assert.All(signed, mistakes => Assert.True(mistakes.Count == 0 || mistakes[0].Contains("at most 16", StringComparison.Ordinal), string.Join(' ', mistakes)));

        var first = (await store.ListAsync("octo", Cancellation))[^1];
        foreach (var row in (await store.ListAsync("octo", Cancellation)).SkipLast(1))
        {
            Assert.True(await store.RevokeAsync("octo", row.Id, Actor.Console, Cancellation));
        }

        Assert.Equal(first.Id, (await store.ListAsync("octo", Cancellation))[0].Id);
    }

    /// <summary>Somebody can write to the database, and has not the master key.</summary>
    [Theory]
    [MemberData(nameof(StoreKinds.Databases), MemberType = typeof(StoreKinds))]
    public async Task What_is_written_into_the_database_is_not_given_as_it_was_not_signed(StoreKind kind)
    {
        await using var server = await StartAsync(kind);
        var (store, key) = (Store(server), await server.KeyAsync("octo"));
        Assert.Empty(await store.SignAsync(Asked("why", 1), Actor.Console, Cancellation));
        var database = server.Services.GetRequiredService<Database>();
        await database.ExecuteAsync("UPDATE enforcement_override SET until_ms = until_ms + 3600000", null, Cancellation);
        time.Pass(TimeSpan.FromMinutes(90));
        Assert.Null(Assert.Single(await store.ListAsync("octo", Cancellation)).Open());
        Assert.Empty(await ReasonsAsync(server, key, ""));
        await database.ExecuteAsync("UPDATE enforcement_override SET until_ms = until_ms - 3600000, owner = 'acme'", null, Cancellation);
        time.Pass(TimeSpan.FromMinutes(-80));
        Assert.Empty(await ReasonsAsync(server, await server.KeyAsync("acme"), ""));
    }

    [Theory]
    [MemberData(nameof(StoreKinds.Databases), MemberType = typeof(StoreKinds))]
    public async Task What_was_signed_elsewhere_is_taken_when_it_is_the_owners_and_not_over(StoreKind kind)
    {
        await using var server = await StartAsync(kind);
        var store = Store(server);
        var secret = new byte[OwnerKey.KeyBytes];
        var publicKey = PublicKeyText.Of(OwnerKey.PublicKeyOf(secret));
        byte[] Signed(int hours, string owner = "octo") =>
            OverrideSignature.Sign((Asked("moved", hours) with { Owner = owner }).ToSigned("0193", "mona", time.GetUtcNow()), secret);
        Task<IReadOnlyList<string>> Import(byte[] envelope, string? key = null) =>
            store.ImportAsync("octo", envelope, key ?? publicKey, Actor.Console, Cancellation);
        Assert.NotEmpty(await Import(Signed(2, "acme")));
        Assert.NotEmpty(await Import(Signed(2)[..^9]));
        Assert.NotEmpty(await Import(Signed(2), "ed25519:x"));
        Assert.NotEmpty(await Import(Signed(2), await server.Services.GetRequiredService<DenyListStore>().OwnKeyAsync("octo", Cancellation)));
        byte[] From(int seconds) => OverrideSignature.Sign(
            Asked("moved", 2).ToSigned("0192", "mona", time.GetUtcNow().AddSeconds(seconds)), secret);
        Assert.Contains("no machine takes it before", Assert.Single(await Import(From(61))), StringComparison.Ordinal);
        Assert.Empty(await Import(From(60)));
        Assert.True(await store.RevokeAsync("octo", "0192", Actor.Console, Cancellation));
        var early = Signed(1);
        time.Pass(TimeSpan.FromHours(1));
        Assert.Contains("over already", Assert.Single(await Import(early)), StringComparison.Ordinal);
        Assert.Empty(await Import(Signed(2)));
        Assert.Contains("there already", Assert.Single(await Import(Signed(2))), StringComparison.Ordinal);
        Assert.Equal(["moved"], await ReasonsAsync(server, await server.KeyAsync("octo"), ""));
    }

    [Fact]
    public async Task A_credential_asks_for_its_own_jobs_alone()
    {
        await using var issuer = await JobIssuer.StartAsync();
        await using var server = await TestServer.StartAsync(StoreKind.Sqlite, cluster, issuer.Settings);
        var store = Store(server);
        var asked = new OverrideAsked("octo", null, null, null, "all", TimeProvider.System.GetUtcNow().AddHours(1));
        Assert.Empty(await store.SignAsync(asked, Actor.Console, Cancellation));
        var (token, job) = (issuer.Token("good"), TestRecording.Job());
        foreach (var (credential, query, expected) in new[]
        {
            (token, $"repository={job.Repository}&run={job.RunId}", HttpStatusCode.OK), (token, "repository=octo/other", HttpStatusCode.Forbidden),
            (token, "", HttpStatusCode.Forbidden), (token, $"repository={job.Repository}&run=1", HttpStatusCode.Forbidden),
            (await server.KeyAsync("octo"), "repository=acme/site", HttpStatusCode.Forbidden), ("spk_no_no", "", HttpStatusCode.Unauthorized),
            (await server.KeyAsync("octo", ApiKeyRow.ReadScope), "", HttpStatusCode.Unauthorized),
        })
        {
            Assert.Equal((query, expected), (query, (await GetAsync(server, credential, query)).Status));
        }
    }

    private static ImmutableArray<SignedEnvelope> Read(string body) => JsonSerializer.Deserialize(body, OverrideJson.Default.OverridesAnswer)!.Overrides;

    private static async Task<string[]> ReasonsAsync(TestServer server, string key, string query) =>
        [.. Read((await GetAsync(server, key, query)).Body).Select(envelope =>
            JsonSerializer.Deserialize(envelope.Payload.Span, OverrideJson.Default.ServerOverride)!.Reason)];

    private static async Task<(HttpStatusCode Status, string Body)> GetAsync(TestServer server, string key, string query)
    {
        using var response = await server.GetAsync($"api/v1/overrides?{query}", key);
        return (response.StatusCode, Encoding.UTF8.GetString(await response.Content.ReadAsByteArrayAsync(Cancellation)));
    }

    private static OverrideStore Store(TestServer server) => server.Services.GetRequiredService<OverrideStore>();

    private Task<TestServer> StartAsync(StoreKind kind) =>
        TestServer.StartAsync(kind, cluster, null, builder => builder.Services.AddSingleton<TimeProvider>(time));

    private long Seconds(int hours) => time.GetUtcNow().AddHours(hours).ToUnixTimeSeconds();

    private OverrideAsked Asked(string reason, int hours) => new("octo", null, null, null, reason, time.GetUtcNow().AddHours(hours));
}
