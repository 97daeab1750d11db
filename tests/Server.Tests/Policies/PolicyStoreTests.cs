using System.Net;
using System.Net.Http.Json;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Sallyport.Policy.Reading;
using Sallyport.Protocol.Ingest;
using Sallyport.Server.Access;
using Sallyport.Server.Policies;

namespace Sallyport.Server.Tests.Policies;

public sealed class PolicyStoreTests(PostgresCluster cluster)
{
    private const string Strict = "version: 1\nmode: block\nallow: []\n";
    private const string Wide = "version: 1\nmode: block\nallow:\n  - github.com:443\n  - registry.npmjs.org:443\n";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(StoreKinds.Databases), MemberType = typeof(StoreKinds))]
    public async Task Versions_are_kept_and_the_same_text_is_no_new_one(StoreKind kind)
    {
        await using var server = await TestServer.StartAsync(kind, cluster);
        var store = server.Services.GetRequiredService<PolicyStore>();
        Assert.Empty(await store.SaveAsync("octo", "base", Strict, "first", Actor.Console, Cancellation));
        Assert.Empty(await store.SaveAsync("octo", "base", Strict.Replace("\n", "\r\n", StringComparison.Ordinal), null, Actor.Console, Cancellation));
        Assert.Empty(await store.SaveAsync("octo", "base", Wide, "npm", Actor.Console, Cancellation));
        var versions = await store.VersionsAsync("octo", "base", Cancellation);
        Assert.Equal([(2, "npm"), (1, "first")], versions.Select(version => (version.Number, version.Comment)));
        Assert.Equal(Wide, (await store.FindAsync("octo", "base", null, Cancellation))!.Text);
        Assert.Equal(Strict, (await store.FindAsync("octo", "base", 1, Cancellation))!.Text);
    }

    [Theory]
    [MemberData(nameof(StoreKinds.Databases), MemberType = typeof(StoreKinds))]
    public async Task What_somebody_says_of_a_version_is_cleaned_and_cut(StoreKind kind)
    {
        await using var server = await TestServer.StartAsync(kind, cluster);
        var store = server.Services.GetRequiredService<PolicyStore>();
        Assert.Empty(await store.SaveAsync("octo", "base", Strict, "fi\0rst", Actor.Console, Cancellation));
        Assert.Empty(await store.SaveAsync("octo", "base", Wide, new string('x', 499) + "\ud83d\ude00 and more", Actor.Console, Cancellation));
        Assert.Empty(await store.SaveAsync("octo", "base", Strict, "", Actor.Console, Cancellation));
        Assert.Equal(
            [null, new string('x', 499), "first"], (await store.VersionsAsync("octo", "base", Cancellation)).Select(version => version.Comment));
    }

    [Theory]
    [MemberData(nameof(StoreKinds.Databases), MemberType = typeof(StoreKinds))]
    public async Task A_policy_with_mistakes_is_not_saved_and_all_are_told(StoreKind kind)
    {
        await using var server = await TestServer.StartAsync(kind, cluster);
        var store = server.Services.GetRequiredService<PolicyStore>();
        var mistakes = await store.SaveAsync("octo", "base", "version: 1\nmode: blok\nallow:\n  - '*'\n", null, Actor.Console, Cancellation);
        Assert.Equal(2, mistakes.Count);
        Assert.Contains("blok", mistakes[0], StringComparison.Ordinal);
        Assert.Empty(await store.ListAsync("octo", Cancellation));
        Assert.NotEmpty(await store.SaveAsync("octo", "../x", Strict, null, Actor.Console, Cancellation));
    }

    [Theory]
    [MemberData(nameof(StoreKinds.Databases), MemberType = typeof(StoreKinds))]
    public async Task The_most_specific_holds_and_floors_above_hold_with_it(StoreKind kind)
    {
        await using var server = await TestServer.StartAsync(kind, cluster);
        var store = server.Services.GetRequiredService<PolicyStore>();
        foreach (var name in new[] { "organisation", "repository", "job", "floor" })
        {
            await store.SaveAsync("octo", name, Wide + $"# {name}\n", null, Actor.Console, Cancellation);
        }

        await AttachAsync(store, "organisation");
        await AttachAsync(store, "repository", "site");
        await AttachAsync(store, "job", "site", "CI", "publish");
        await AttachAsync(store, "floor", floor: true);
        await AttachAsync(store, "floor", "other", floor: true);
        async Task<string> Holds(string repository, string job)
        {
            var answer = await store.ResolveAsync("octo", repository, "CI", job, null, Cancellation);
            return $"{answer.Policy?.Name} {string.Join(',', answer.Floors.Select(floor => floor.Name))}";
        }

        Assert.Equal("job floor", await Holds("Site", "publish"));
        Assert.Equal("repository floor", await Holds("site", "build"));
        Assert.Equal("organisation floor,floor", await Holds("other", "build"));
        Assert.NotNull(await store.AttachAsync(Place("job", "", "CI", "", false), Actor.Console, Cancellation));
        Assert.NotNull(await store.AttachAsync(Place("none", "", "", "", false), Actor.Console, Cancellation));
    }

    [Fact]
    public async Task Nothing_attached_an_empty_list_and_no_such_policy_are_three_things()
    {
        await using var server = await TestServer.StartAsync(StoreKind.Sqlite, cluster);
        var store = server.Services.GetRequiredService<PolicyStore>();
        var key = await server.KeyAsync("octo");
        var none = await GetAsync(server, key, "repository=octo/site");
        Assert.Equal(HttpStatusCode.OK, none.Status);
        Assert.Null(none.Answer!.Policy);
        await store.SaveAsync("octo", "strict", Strict, null, Actor.Console, Cancellation);
        await AttachAsync(store, "strict");
        var denies = await GetAsync(server, key, "repository=octo/site");
        Assert.Equal(Strict, denies.Answer!.Policy!.Text);
        Assert.Empty(PolicyReader.Read(PolicySource.File("strict", Encoding.UTF8.GetBytes(Strict))).Document!.Allow);
        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync(server, key, "repository=octo/site&name=other")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await GetAsync(server, key, "repository=acme/site")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await GetAsync(server, "spk_no_no", "repository=octo/site")).Status);
    }

    [Theory]
    [MemberData(nameof(StoreKinds.Databases), MemberType = typeof(StoreKinds))]
    public async Task The_preview_says_what_a_policy_would_have_refused(StoreKind kind)
    {
        await using var server = await TestServer.StartAsync(kind, cluster);
        await server.UploadAsync(await server.KeyAsync("octo"), TestRecording.Job(), TestRecording.Read(TestRecording.Corpus("audit-many")));
        var preview = server.Services.GetRequiredService<PolicyPreview>();
        async Task<int> Refused(string text) => Assert.Single(await preview.RunAsync(
            Place("", "", "", "", false), PolicyReader.Read(PolicySource.File("p", Encoding.UTF8.GetBytes(text))).Document!, Cancellation)).Refused.Length;
        var all = await Refused(Strict);
        Assert.True(all > 50, $"{all}");
        Assert.InRange(await Refused("version: 1\nmode: block\nallow:\n  - '*.zone0.example.com:443'\n"), 1, all - 1);
    }

    private static BindingRow Place(string policy, string repository, string workflow, string job, bool floor) => new()
    {
        Owner = "octo",
        Policy = policy,
        Repository = repository,
        Workflow = workflow,
        JobName = job,
        IsFloor = floor ? 1 : 0,
    };

    private static async Task AttachAsync(
        PolicyStore store, string policy, string repository = "", string workflow = "", string job = "", bool floor = false) =>
        Assert.Null(await store.AttachAsync(Place(policy, repository, workflow, job, floor), Actor.Console, Cancellation));

    private static async Task<(HttpStatusCode Status, PolicyAnswer? Answer)> GetAsync(TestServer server, string key, string query)
    {
        using var response = await server.GetAsync($"api/v1/policy?{query}", key);
        return (response.StatusCode, response.IsSuccessStatusCode
            ? await response.Content.ReadFromJsonAsync(IngestJson.Default.PolicyAnswer, Cancellation)
            : null);
    }
}
