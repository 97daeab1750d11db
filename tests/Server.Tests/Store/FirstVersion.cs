using Dapper;
using DbUp.Engine;
using Sallyport.Server.Store;

namespace Sallyport.Server.Tests.Store;

/// <summary>
/// Store/schema-0001.sql is a database as the first version left it, with rows. It stays as it is: whoever needs another schema
/// writes a new script, and the tests show that the old rows go through it.
/// </summary>
internal static class FirstVersion
{
    /// <summary>The job that is in it.</summary>
    public const string Job = "019ac2f0a1b27c3d8e4f5a6b7c8d9e0f";

    public const string Script = "0001-jobs.sql";

    /// <summary>Makes one: SQLite's is sallyport.db in the folder.</summary>
    public static async Task<Database> MakeAsync(StoreKind kind, string folder, PostgresCluster cluster)
    {
        var cancellation = TestContext.Current.CancellationToken;
        var (type, connectionString) = kind == StoreKind.Sqlite
            ? (DatabaseKind.Sqlite, $"Data Source={Path.Combine(folder, "sallyport.db")}")
            : (DatabaseKind.PostgreSql, await cluster.CreateDatabaseAsync());
        var database = new Database(type, connectionString);
        // The journal is DbUp's own; it makes it when it has run nothing.
        await Migrator.MigrateAsync(database, [new SqlScript(Script, "SELECT 1")], cancellation);
        await using var connection = await database.OpenAsync(cancellation);
        await connection.ExecuteAsync(await File.ReadAllTextAsync(TestFile.Of("Store/schema-0001.sql"), cancellation));
        return database;
    }
}
