using DbUp.Engine;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Sallyport.Server.Insights;
using Sallyport.Server.Store;
using Sallyport.Server.Tests.Ui;

namespace Sallyport.Server.Tests.Store;

/// <summary>A database of the first version with its rows, brought up to this one.</summary>
public sealed class UpgradeTests(PostgresCluster cluster) : IDisposable
{
    private const string Job = FirstVersion.Job;

    private readonly string folder = Directory.CreateTempSubdirectory("sallyport-upgrade-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [MemberData(nameof(StoreKinds.Databases), MemberType = typeof(StoreKinds))]
    public async Task A_database_of_the_first_version_is_brought_up_with_its_rows(StoreKind kind)
    {
        await using var database = await OldAsync(kind);
        var run = await Migrator.MigrateAsync(database, Cancellation);
        Assert.DoesNotContain(FirstVersion.Script, run);
        var job = await database.OneAsync<JobRow>("SELECT * FROM job WHERE id = @Job", new { Job }, Cancellation);
        Assert.Equal(("octo", "octo/site", 12, "intact"), (job!.Owner, job.Repository, job.Refused, job.Chain));
        // What was seen before runs of pull requests were told apart is known.
        Assert.Equal(
            (Job, "4711", (string?)null, 1764144002000, 1764144002000),
            await database.OneAsync<(string, string, string?, long, long)>(
                "SELECT taught_job, taught_run, taught_again, taught_ms, new_ms FROM destination", null, Cancellation));
        Assert.Equal(2, await database.OneAsync<long>("SELECT COUNT(*) FROM segment WHERE job = @Job", new { Job }, Cancellation));
        Assert.Empty(await Migrator.MigrateAsync(database, Cancellation));
    }

    [Theory]
    [MemberData(nameof(StoreKinds.Databases), MemberType = typeof(StoreKinds))]
    public async Task A_later_script_changes_the_rows_that_are_there_once(StoreKind kind)
    {
        await using var database = await OldAsync(kind);
        SqlScript[] scripts =
        [
            .. Migrator.Scripts(database.Kind),
            new("9998-note.sql", "ALTER TABLE job ADD COLUMN note TEXT; UPDATE job SET note = 'run ' || run_id, refused = refused + 1;"),
        ];
        Assert.Equal("9998-note.sql", (await Migrator.MigrateAsync(database, scripts, Cancellation))[^1]);
        Assert.Empty(await Migrator.MigrateAsync(database, scripts, Cancellation));
        Assert.Equal("run 4711", await database.OneAsync<string>("SELECT note FROM job WHERE id = @Job", new { Job }, Cancellation));
        Assert.Equal(13, await database.OneAsync<long>("SELECT refused FROM job WHERE id = @Job", new { Job }, Cancellation));
    }

    [Theory]
    [MemberData(nameof(StoreKinds.Databases), MemberType = typeof(StoreKinds))]
    public async Task A_script_that_fails_changes_nothing_and_names_itself(StoreKind kind)
    {
        await using var database = await OldAsync(kind);
        SqlScript[] scripts =
        [
            .. Migrator.Scripts(database.Kind),
            new("9999-wrong.sql", "UPDATE job SET refused = 0; ALTER TABLE no_such_table ADD COLUMN note TEXT;"),
        ];
        var mistake = await Assert.ThrowsAsync<InvalidOperationException>(() => Migrator.MigrateAsync(database, scripts, Cancellation));
        Assert.Contains("9999-wrong.sql", mistake.Message, StringComparison.Ordinal);
        Assert.Equal(12, await database.OneAsync<long>("SELECT refused FROM job WHERE id = @Job", new { Job }, Cancellation));
    }

    [Theory]
    [MemberData(nameof(StoreKinds.Databases), MemberType = typeof(StoreKinds))]
    public async Task A_server_on_an_old_database_shows_its_jobs(StoreKind kind)
    {
        // Its job is of 2025: not to be swept away while it is looked for.
        var settings = new Dictionary<string, string?> { ["dataFolder"] = folder, ["limits:retentionDays"] = "36500" };
        await using (var database = await OldAsync(kind))
        {
            if (kind != StoreKind.Sqlite)
            {
                settings["connectionStrings:store"] = database.ConnectionString;
            }
        }

        await using var server = await TestServer.StartAsync(kind, cluster, settings);
        using var visitor = await Visitor.AdministratorAsync(server);
        foreach (var (path, text) in new[]
        {
            ("/runs", $"/jobs/{Job}"), ($"/jobs/{Job}", "4711"), ("/destinations", "registry.example.com"),
            ("/destination?owner=octo&protocol=tcp&host=registry.example.com&port=443", "npm ci"), ("/findings?status=any", "Findings"),
        })
        {
            Assert.Contains(text, await visitor.PageAsync(path), StringComparison.Ordinal);
        }
    }

    /// <summary>Of the servers that are brought up one after the other one starts again before its turn has come.</summary>
    [Theory]
    [MemberData(nameof(StoreKinds.Databases), MemberType = typeof(StoreKinds))]
    public async Task A_server_on_a_database_of_a_later_version_serves_and_warns(StoreKind kind)
    {
        var settings = new Dictionary<string, string?> { ["dataFolder"] = folder };
        await using (var database = await OldAsync(kind))
        {
            SqlScript[] scripts = [.. Migrator.Scripts(database.Kind), new("9998-later.sql", "ALTER TABLE job ADD COLUMN later TEXT")];
            await Migrator.MigrateAsync(database, scripts, Cancellation);
            if (kind != StoreKind.Sqlite)
            {
                settings["connectionStrings:store"] = database.ConnectionString;
            }
        }

        using var log = new KeptLog();
        await using var later = await TestServer.StartAsync(kind, cluster, settings, builder => builder.Logging.AddProvider(log));
        Assert.Contains("9998-later.sql", Assert.Single(log.Warnings, line => line.Contains("later version", StringComparison.Ordinal)), StringComparison.Ordinal);
        await later.UploadAsync(await later.KeyAsync("octo"), TestRecording.Job(), TestRecording.Small());

        using var quiet = new KeptLog();
        await using var now = await TestServer.StartAsync(kind, cluster, change: builder => builder.Logging.AddProvider(quiet));
        Assert.DoesNotContain(quiet.Warnings, line => line.Contains("later version", StringComparison.Ordinal));
    }

    /// <summary>Without the lock both find nothing there, and one fails at what the other has made.</summary>
    [Fact]
    public async Task Replicas_that_start_at_once_bring_the_database_up_once()
    {
        var store = await cluster.CreateDatabaseAsync();
        var runs = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            await using var database = new Database(DatabaseKind.PostgreSql, store);
            return await Migrator.MigrateAsync(database, Cancellation);
        })));
        Assert.Equal(Migrator.Scripts(DatabaseKind.PostgreSql).Select(script => script.Name), Assert.Single(runs, run => run.Count > 0));
    }

    private Task<Database> OldAsync(StoreKind kind) => FirstVersion.MakeAsync(kind, folder, cluster);
}
