using System.Net;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Sallyport.Policy.Machine;
using Sallyport.Protocol.DenyLists;
using Sallyport.Protocol.Signing;
using Sallyport.Server.Access;
using Sallyport.Server.DenyLists;
using Sallyport.Server.Store;

namespace Sallyport.Server.Tests.DenyLists;

public sealed class DenyListStoreTests(PostgresCluster cluster)
{
    private const string First = "Evil.Example # beacon\n";
    private const string Second = "evil.example # beacon\n198.51.100.66:443 # host of it\n";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(StoreKinds.Databases), MemberType = typeof(StoreKinds))]
    public async Task Versions_are_signed_audited_and_the_same_entries_are_no_new_one(StoreKind kind)
    {
        await using var server = await TestServer.StartAsync(kind, cluster);
        var store = server.Services.GetRequiredService<DenyListStore>();
        Assert.Empty(await SaveAsync(store, First, "incident"));
        Assert.Empty(await SaveAsync(store, "  evil.example   #beacon  \r\n\r\n"));
        Assert.Empty(await SaveAsync(store, Second));
        var versions = await store.VersionsAsync("octo", Cancellation);
        Assert.Equal([(2, null), (1, "incident")], versions.Select(version => (version.Row.Number, version.Row.Comment)));
        Assert.Equal(Second, DenyListText.Of(versions[0].List!.Entries));
        Assert.Equal(["+ 198.51.100.66:443 # host of it"], versions[0].Changes);
        Assert.Equal(["+ evil.example # beacon"], versions[1].Changes);
        var entries = await server.Services.GetRequiredService<Audit>().ListAsync(["octo"], null, 10, Cancellation);
        Assert.Equal(["deny-list.saved", "deny-list.saved"], entries.Select(entry => entry.Action));
        Assert.Contains("\"version\":2", entries[0].Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_list_with_mistakes_is_not_saved_and_all_are_told()
    {
        await using var server = await TestServer.StartAsync(StoreKind.Sqlite, cluster);
        var store = server.Services.GetRequiredService<DenyListStore>();
        var mistakes = await SaveAsync(store, "evil.example\nhttps://x.example/a # why\n@npm # why\nproxy://x.example:1 # why\n");
        Assert.Equal(4, mistakes.Count);
        Assert.Contains("deny list:1", mistakes[0], StringComparison.Ordinal);
        Assert.Contains("reason", mistakes[0], StringComparison.Ordinal);
        Assert.Contains("group", mistakes[2], StringComparison.Ordinal);
        var many = string.Concat(Enumerable.Range(0, DenyListLimits.Entries + 1).Select(n => $"h{n}.example # why\n"));
        Assert.Contains("at most 256", Assert.Single(await SaveAsync(store, many)), StringComparison.Ordinal);
        Assert.NotEmpty(await store.SaveAsync("*", First, null, 0, anew: false, Actor.Console, Cancellation));
        Assert.Null(await store.LatestAsync("octo", Cancellation));
        Assert.Contains(DenyListText.Warnings("github.com # why"), warning => warning.Contains("every runner", StringComparison.Ordinal));
    }

    [Fact]
    public void Mistakes_and_warnings_name_the_line_in_which_the_entry_is_written()
    {
        const string Text = "\r\n  \n\nevil.example # beacon\n\n github.com # why\n";
        Assert.Contains(DenyListText.Warnings(Text), warning => warning.Contains("at deny list:6 wins", StringComparison.Ordinal));
        var mistakes = new List<string>();
        _ = DenyListText.Read($"{Text}\n\nevil.example\n", mistakes);
        Assert.StartsWith("deny list:9:", Assert.Single(mistakes), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(StoreKinds.Databases), MemberType = typeof(StoreKinds))]
    public async Task What_somebody_says_of_a_version_is_cleaned_and_cut(StoreKind kind)
    {
        await using var server = await TestServer.StartAsync(kind, cluster);
        var store = server.Services.GetRequiredService<DenyListStore>();
        Assert.Empty(await SaveAsync(store, First, "inci\0dent"));
        Assert.Empty(await SaveAsync(store, Second, new string('x', 499) + "\ud83d\ude00 and more"));
        Assert.Empty(await SaveAsync(store, "", ""));
        Assert.Equal(
            [null, new string('x', 499), "incident"], (await store.VersionsAsync("octo", Cancellation)).Select(version => version.Row.Comment));
    }

    [Theory]
    [MemberData(nameof(StoreKinds.Databases), MemberType = typeof(StoreKinds))]
    public async Task Agents_get_the_list_of_their_credentials_owner_as_it_was_signed(StoreKind kind)
    {
        await using var server = await TestServer.StartAsync(kind, cluster);
        var store = server.Services.GetRequiredService<DenyListStore>();
        var key = await server.KeyAsync("Octo");
        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync(server, key)).Status);
        Assert.Empty(await SaveAsync(store, First));
        var (status, body) = await GetAsync(server, key);
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.True(PublicKeyText.TryRead(await store.OwnKeyAsync("octo", Cancellation), out var publicKey));
        Assert.True(DenyListSignature.TryOpen(body, publicKey, out var list, out var why), why);
        Assert.Equal(("octo", 1, "evil.example"), (list.Owner, list.Version, Assert.Single(list.Entries).Endpoint));
        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync(server, await server.KeyAsync("acme"))).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await GetAsync(server, "spk_no_no")).Status);
        Assert.NotEqual(await store.OwnKeyAsync("octo", Cancellation), await store.OwnKeyAsync("acme", Cancellation));
    }

    /// <summary>Somebody can write to the database, and has not the master key.</summary>
    [Theory]
    [MemberData(nameof(StoreKinds.Databases), MemberType = typeof(StoreKinds))]
    public async Task What_is_written_into_the_database_is_not_signed_by_the_server(StoreKind kind)
    {
        await using var server = await TestServer.StartAsync(kind, cluster);
        var (store, database) = (server.Services.GetRequiredService<DenyListStore>(), server.Services.GetRequiredService<Database>());
        Assert.Empty(await SaveAsync(store, First));
        Assert.Empty(await SaveAsync(store, Second));
        await database.ExecuteAsync(
            "UPDATE deny_list_version SET number = 3, envelope = (SELECT envelope FROM deny_list_version WHERE number = 1) WHERE number = 2", null, Cancellation);
        Assert.Null((await store.LatestAsync("octo", Cancellation))!.Open());
        Assert.Contains("not as it was written", Assert.Single(await SaveAsync(store, Second)), StringComparison.Ordinal);

        // With a key of their own: what the server shows is not taken for its own, and its next version is not signed over it unasked.
        var foreign = new byte[32];
        var theirs = new DenyList("octo", 4, 0, []);
        await database.ExecuteAsync(
            "UPDATE deny_list_version SET number = 4, envelope = @envelope, public_key = @key WHERE number = 3",
            new { envelope = Encoding.UTF8.GetString(DenyListSignature.Sign(theirs, foreign)), key = PublicKeyText.Of(OwnerKey.PublicKeyOf(foreign)) },
            Cancellation);
        Assert.Contains("a key that this server does not have", Assert.Single(await SaveAsync(store, Second)), StringComparison.Ordinal);
        Assert.Empty(await store.SaveAsync("octo", Second, null, 0, anew: true, Actor.Console, Cancellation));
        Assert.Equal(5, (await store.LatestAsync("octo", Cancellation))!.Open()!.Version);
    }

    [Theory]
    [MemberData(nameof(StoreKinds.Databases), MemberType = typeof(StoreKinds))]
    public async Task What_was_signed_elsewhere_is_taken_when_it_goes_forward(StoreKind kind)
    {
        await using var server = await TestServer.StartAsync(kind, cluster);
        var store = server.Services.GetRequiredService<DenyListStore>();
        var secret = new byte[32];
        var publicKey = PublicKeyText.Of(OwnerKey.PublicKeyOf(secret));
        byte[] Signed(int version, string owner = "octo") => DenyListSignature.Sign(new DenyList(owner, version, 1, [new("evil.example", "beacon")]), secret);
        Task<IReadOnlyList<string>> Import(byte[] envelope, string? key = null) =>
            store.ImportAsync("octo", envelope, key ?? publicKey, null, anew: false, Actor.Console, Cancellation);
        Assert.Empty(await Import(Signed(4)));
        Assert.NotEmpty(await Import(Signed(4)));
        Assert.NotEmpty(await Import(Signed(3)));
        Assert.NotEmpty(await Import(Signed(5, "acme")));
        Assert.NotEmpty(await Import(Signed(5)[..^9]));
        Assert.NotEmpty(await Import(Signed(5), await store.OwnKeyAsync("octo", Cancellation)));
        Assert.NotEmpty(await Import(Signed(5), "ed25519:x"));
        Assert.NotEmpty(await SaveAsync(store, First));
        Assert.Empty(await Import(Signed(5)));
        Assert.Equal([5, 4], (await store.VersionsAsync("octo", Cancellation)).Select(version => version.List!.Version));
    }

    [Fact]
    public async Task A_number_can_be_asked_for_and_is_never_below_the_last()
    {
        await using var server = await TestServer.StartAsync(StoreKind.Sqlite, cluster);
        var store = server.Services.GetRequiredService<DenyListStore>();
        foreach (var (atLeast, number) in new[] { (9, 9), (9, 9), (3, 9), (12, 12) })
        {
            Assert.Empty(await store.SaveAsync("octo", First, null, atLeast, anew: false, Actor.Console, Cancellation));
            Assert.Equal(number, (await store.LatestAsync("octo", Cancellation))!.Number);
        }
    }

    [Theory]
    [MemberData(nameof(StoreKinds.Databases), MemberType = typeof(StoreKinds))]
    public async Task The_key_is_the_same_after_a_restart(StoreKind kind)
    {
        var folder = Directory.CreateTempSubdirectory("sallyport-deny-list-");
        var values = new Dictionary<string, string?> { ["dataFolder"] = folder.FullName };
        if (kind == StoreKind.PostgreSql)
        {
            values["connectionStrings:store"] = await cluster.CreateDatabaseAsync();
        }

        var keys = new List<string>();
        foreach (var _ in (int[])[1, 2])
        {
            await using var server = await TestServer.StartAsync(kind, cluster, values);
            keys.Add(await server.Services.GetRequiredService<DenyListStore>().OwnKeyAsync("octo", Cancellation));
        }

        Assert.Single(keys.Distinct());
        folder.Delete(recursive: true);
    }

    private static Task<IReadOnlyList<string>> SaveAsync(DenyListStore store, string text, string? comment = null) =>
        store.SaveAsync("octo", text, comment, atLeast: 0, anew: false, Actor.Console, Cancellation);

    private static async Task<(HttpStatusCode Status, byte[] Body)> GetAsync(TestServer server, string key)
    {
        using var response = await server.GetAsync("api/v1/deny-list", key);
        return (response.StatusCode, await response.Content.ReadAsByteArrayAsync(Cancellation));
    }
}
