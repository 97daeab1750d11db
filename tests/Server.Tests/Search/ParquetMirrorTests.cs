using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Sallyport.Server.Access;
using Sallyport.Server.Configuration;
using Sallyport.Server.Insights;
using Sallyport.Server.Recordings;
using Sallyport.Server.Retention;
using Sallyport.Server.Search;
using Sallyport.Server.Store;
using Sallyport.Server.Work;

namespace Sallyport.Server.Tests.Search;

public sealed class ParquetMirrorTests(PostgresCluster cluster, ObjectStore objects) : IAsyncLifetime
{
    private readonly string folder = Directory.CreateTempSubdirectory("sallyport-mirror-").FullName;
    private readonly HandTime time = new();
    private Database database = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private FolderRecordings Bucket => new(Path.Combine(folder, "bucket"));

    public async ValueTask InitializeAsync()
    {
        database = new Database(DatabaseKind.Sqlite, $"Data Source={Path.Combine(folder, "sallyport.db")}");
        await Migrator.MigrateAsync(database, Cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        await database.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Files_of_now_are_fetched_refreshed_and_removed_with_their_job()
    {
        var (files, mirror) = Make(Bucket);
        var (name, other) = (NameOf(0, "a"), NameOf(1, "b"));
        await PutAsync(name, "one");
        await PutAsync(other, "other");
        await mirror.LookAtNowAsync(Cancellation);
        Assert.Equal(("one", "other"), (Here(files, name), Here(files, other)));
        // As long as before, and another.
        await PutAsync(name, "two");
        await mirror.LookAtNowAsync(Cancellation);
        Assert.Equal("two", Here(files, name));
        await RegisterAsync("b");
        await Bucket.RemoveAsync([name, other], Cancellation);
        await mirror.LookAtNowAsync(Cancellation);
        Assert.Equal((null, "other"), (Here(files, name), Here(files, other)));
        await database.ExecuteAsync("DELETE FROM job", null, Cancellation);
        await mirror.LookAtNowAsync(Cancellation);
        Assert.Empty(Directory.EnumerateFileSystemEntries(files.Root));
    }

    [Fact]
    public async Task Files_of_long_ago_are_too_when_all_days_are_looked_at()
    {
        var (files, mirror) = Make(Bucket);
        var names = new[] { NameOf(0, "a"), NameOf(80, "b"), NameOf(80, "c"), NameOf(400, "d"), NameOf(401, "e"), NameOf(402, "f") };
        foreach (var name in names)
        {
            await PutAsync(name, "one");
        }

        await mirror.LookAtAllAsync(Cancellation);
        Assert.All(names, name => Assert.Equal("one", Here(files, name)));
        await PutAsync(names[1], "longer");
        await RegisterAsync("f");
        await Bucket.RemoveAsync([names[2], names[3], names[5]], Cancellation);
        await mirror.LookAtNowAsync(Cancellation);
        Assert.Equal("one", Here(files, names[2]));
        await mirror.LookAtAllAsync(Cancellation);
        Assert.Equal(["one", "longer", null, null, "one", "one"], names.Select(name => Here(files, name)));
        await database.ExecuteAsync("DELETE FROM job", null, Cancellation);
        await mirror.LookAtAllAsync(Cancellation);
        Assert.Equal(["one", "longer", null, null, "one", null], names.Select(name => Here(files, name)));
    }

    [Fact]
    public async Task What_this_replica_wrote_since_the_list_was_made_stays()
    {
        var name = NameOf(0, "a");
        var store = new HookedRecordings(Bucket);
        var (files, mirror) = Make(store);
        store.OnceListed(async () =>
        {
            await RegisterAsync("a");
            await PutAsync(name, "new");
            var temporary = Path.Combine(folder, "temporary");
            await File.WriteAllTextAsync(temporary, "new", Cancellation);
            files.Place(name, temporary);
        });
        await mirror.LookAtNowAsync(Cancellation);
        Assert.Equal("new", Here(files, name));
        await mirror.LookAtAllAsync(Cancellation);
        Assert.Equal("new", Here(files, name));
    }

    [Fact]
    public async Task A_job_that_another_replica_folds_again_or_removes_is_so_here()
    {
        var settings = (await objects.SettingsAsync(StoreKind.PostgreSqlAndBucket))!;
        settings["connectionStrings:store"] = await cluster.CreateDatabaseAsync();
        await using var first = await TestServer.StartAsync(StoreKind.PostgreSqlAndBucket, cluster, settings);
        settings["masterKeyFile"] = first.Settings.MasterKeyFile;
        // It folds nothing itself.
        await using var second = await TestServer.StartAsync(StoreKind.PostgreSqlAndBucket, cluster, settings, builder =>
            builder.Services.Remove(builder.Services.Single(service => service.ImplementationType == typeof(Worker))));
        var mirror = ActivatorUtilities.CreateInstance<ParquetMirror>(second.Services);
        var segments = TestRecording.Of(new MadeJob(new string('a', 64), "files.example.com", "198.51.100.7", "/work/x").Events());
        var job = await first.RegisteredAsync(await first.KeyAsync("octo"), TestRecording.Job());
        async Task<int> FoundAsync(EventSubject subject, string value)
        {
            await mirror.LookAtNowAsync(Cancellation);
            var viewer = Viewer.Nobody with { Roles = Viewer.Nobody.Roles.Add("octo", Role.Viewer) };
            return (await second.Services.GetRequiredService<EventSearch>().FindAsync(new EventQuery(subject, value, 2), viewer, Cancellation)).Matches.Length;
        }

        foreach (var some in new[] { segments.Take(2), segments.Skip(2) })
        {
            await first.PutAllAsync(job, some);
            using var end = await first.EndAsync(job, segments.Count);
            await first.WorkDoneAsync();
            Assert.Equal(1, await FoundAsync(EventSubject.Hash, new string('a', 64)));
            Assert.Equal(some.First().Number == 1 ? 0 : 1, await FoundAsync(EventSubject.Path, "/work/x"));
        }

        var row = (await first.RowAsync(job.JobKey))!;
        foreach (var keeper in first.Services.GetServices<IJobData>())
        {
            await keeper.RemoveAsync(row, Cancellation);
        }

        await first.Services.GetRequiredService<Database>().ExecuteAsync("DELETE FROM job WHERE id = @Id", new { row.Id }, Cancellation);

        Assert.Equal(0, await FoundAsync(EventSubject.Hash, new string('a', 64)));
        Assert.Empty(Directory.GetFiles(Path.Combine(second.Settings.DataFolder, EventFiles.Folder), "*.parquet", SearchOption.AllDirectories));
    }

    private (EventFiles Files, ParquetMirror Mirror) Make(IRecordingStore bucket)
    {
        var values = new Dictionary<string, string?> { ["dataFolder"] = Path.Combine(folder, "replica"), ["bucket:name"] = "test" };
        var settings = new ServerSettingsReader(new ConfigurationBuilder().AddInMemoryCollection(values).Build(), []).Read();
        Directory.CreateDirectory(settings.WorkFolder);
        var files = new EventFiles(settings);
        Directory.CreateDirectory(files.Root);
        return (files, new ParquetMirror(settings, database, files, bucket, time, NullLogger<ParquetMirror>.Instance));
    }

    private string NameOf(int daysAgo, string job) =>
        $"{EventFiles.DayFolder(DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime).AddDays(-daysAgo))}/owner=octo/repository=site/{job}.parquet";

    private Task RegisterAsync(string job) => database.ExecuteAsync(
        """
        INSERT INTO job (id, identity, owner, repository, workflow, name, display_name, run_id, run_attempt, runner, credential, state,
            registered_ms, last_heard_ms, segments, bytes, events, chain)
        VALUES (@job, @job, 'octo', 'site', 'CI', 'build', 'build', '1', 1, '', '', 'ended', 1, 1, 1, 1, 1, 'intact')
        """,
        new { job },
        Cancellation);

    private Task PutAsync(string name, string text) => Bucket.PutAsync(name, Encoding.UTF8.GetBytes(text), Cancellation);

    private static string? Here(EventFiles files, string name) => File.Exists(files.PathOf(name)) ? File.ReadAllText(files.PathOf(name)) : null;
}
