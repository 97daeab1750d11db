using Microsoft.Data.Sqlite;
using Sallyport.Server.Store;

namespace Sallyport.Server.Tests;

/// <summary>A database file of this version without rows, migrated once: a server that is started on a copy has nothing to bring up.</summary>
internal static class MigratedSqlite
{
    private static readonly Lazy<Task<byte[]>> Made = new(MakeAsync);

    public static Task<byte[]> BytesAsync() => Made.Value;

    private static async Task<byte[]> MakeAsync()
    {
        var folder = Directory.CreateTempSubdirectory("sallyport-migrated-");
        try
        {
            var path = Path.Combine(folder.FullName, "sallyport.db");
            await using (var database = new Database(DatabaseKind.Sqlite, $"Data Source={path}"))
            {
                await Migrator.MigrateAsync(database, CancellationToken.None);
            }

            // What DbUp opened is closed too, and with the last connection the journal is in the file.
            SqliteConnection.ClearAllPools();
            Assert.False(File.Exists($"{path}-wal"), "the journal is not in the file");
            return await File.ReadAllBytesAsync(path);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
