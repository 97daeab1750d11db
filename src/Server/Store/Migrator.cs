using System.Data.Common;
using System.Reflection;
using Dapper;
using DbUp;
using DbUp.Engine;
using DbUp.Engine.Output;

namespace Sallyport.Server.Store;

/// <summary>
/// Brings the database up to this version: the scripts of Store/Migrations in the order of their names, each once, each
/// in a transaction. A script whose name ends in <c>.sqlite.sql</c> or <c>.postgresql.sql</c> is for that kind alone.
/// </summary>
internal static class Migrator
{
    private const string Prefix = "migrations/";

    // Several replicas may start at once; the number is this server's own (pg_advisory_lock).
    private const long Lock = 0x5A11_7907;

    /// <returns>Names of the scripts that were run.</returns>
    /// <exception cref="InvalidOperationException">One failed; the database is as the one before it left it.</exception>
    public static Task<IReadOnlyList<string>> MigrateAsync(Database database, CancellationToken cancellation) =>
        MigrateAsync(database, [.. Scripts(database.Kind)], cancellation);

    /// <summary>The same with some scripts: those of an older version, or more.</summary>
    public static async Task<IReadOnlyList<string>> MigrateAsync(
        Database database, IReadOnlyList<SqlScript> scripts, CancellationToken cancellation)
    {
        if (database.Kind == DatabaseKind.Sqlite)
        {
            await using var journal = await database.OpenAsync(cancellation);
            await journal.ExecuteAsync("PRAGMA journal_mode=WAL");
            return Run(database, scripts);
        }

        await using var connection = await database.OpenAsync(cancellation);
        await connection.ExecuteAsync("SELECT pg_advisory_lock(@Lock)", new { Lock });
        try
        {
            return Run(database, scripts);
        }
        finally
        {
            await connection.ExecuteAsync("SELECT pg_advisory_unlock(@Lock)", new { Lock });
        }
    }

    /// <summary>Names of the scripts that were run on a database, in that order.</summary>
    public static async Task<IReadOnlyList<string>> AppliedAsync(DbConnection connection, DbTransaction? transaction) =>
        (await connection.QueryAsync<string>("SELECT ScriptName FROM SchemaVersions ORDER BY ScriptName", transaction: transaction)).AsList();

    private static List<string> Run(Database database, IReadOnlyList<SqlScript> scripts)
    {
        var target = database.Kind == DatabaseKind.Sqlite
            ? DeployChanges.To.SqliteDatabase(database.ConnectionString)
            : DeployChanges.To.PostgresqlDatabase(database.ConnectionString);
        var result = target
            .WithScripts(scripts)
            .WithTransactionPerScript()
            .LogTo(new NoOpUpgradeLog())
            .Build()
            .PerformUpgrade();
        return result.Successful
            ? [.. result.Scripts.Select(script => script.Name)]
            : throw new InvalidOperationException(
                $"the database cannot be brought up to this version ({result.ErrorScript?.Name}): {result.Error.Message}", result.Error);
    }

    /// <summary>This version's scripts, in order.</summary>
    public static IEnumerable<SqlScript> Scripts(DatabaseKind kind)
    {
        var foreign = kind == DatabaseKind.Sqlite ? ".postgresql.sql" : ".sqlite.sql";
        var assembly = Assembly.GetExecutingAssembly();
        return assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal) && !name.EndsWith(foreign, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(name => SqlScript.FromStream(name[Prefix.Length..], assembly.GetManifestResourceStream(name)!));
    }
}
