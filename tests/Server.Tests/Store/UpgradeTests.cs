using Dapper;
using DbUp.Engine;
using Microsoft.Extensions.DependencyInjection;
using Sallyport.Server.Insights;
using Sallyport.Server.Store;

namespace Sallyport.Server.Tests.Store;

/// <summary>
/// Store/schema-0001.sql is a database as the first version left it, with rows. It stays as it is: whoever needs another schema
/// writes a new script, and this shows that the old rows go through it.
/// </summary>
public sealed class UpgradeTests(PostgresCluster cluster) : IDisposable
{
    private const string Job = "019ac2f0a1b27c3d8e4f5a6b7c8d9e0f";

    private static readonly string[] Old = ["0001-jobs.sql"];

    private readonly string folder = Directory.CreateTempSubdirectory("sallyport-upgrade-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [MemberData(nameof(StoreKinds.Databases), MemberType = typeof(StoreKinds))]
    public async Task A_database_of_the_first_version_is_brought_up_with_its_rows(StoreKind kind)
    {
        await using var database = await OldAsync(kind);
        var run = await Migrator.MigrateAsync(database, Cancellation);
        Assert.DoesNotContain(Old[0], run);
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

    [Fact]
    public async Task A_server_on_an_old_database_shows_its_jobs()
    {
        await using (await OldAsync(StoreKind.Sqlite))
        {
        }

        // Its job is of 2025: not to be swept away while it is looked for.
        await using var server = await TestServer.StartAsync(
            StoreKind.Sqlite, cluster, new Dictionary<string, string?> { ["dataFolder"] = folder, ["limits:retentionDays"] = "36500" });
        var job = await server.Services.GetRequiredService<Jobs>().FindAsync(Job, Cancellation);
        Assert.Equal("4711", job!.RunId);
    }

    private async Task<Database> OldAsync(StoreKind kind)
    {
        var (type, connectionString) = kind == StoreKind.Sqlite
            ? (DatabaseKind.Sqlite, $"Data Source={Path.Combine(folder, "sallyport.db")}")
            : (DatabaseKind.PostgreSql, await cluster.CreateDatabaseAsync());
        var database = new Database(type, connectionString);
        // The journal is DbUp's own; it makes it when it has run nothing.
        await Migrator.MigrateAsync(database, [new SqlScript(Old[0], "SELECT 1")], Cancellation);
        await using var connection = await database.OpenAsync(Cancellation);
        await connection.ExecuteAsync(await File.ReadAllTextAsync(TestFile.Of("Store/schema-0001.sql"), Cancellation));
        return database;
    }
}
