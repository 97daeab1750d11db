using Sallyport.Server.Store;

namespace Sallyport.Server.Tests;

/// <summary>The database in the data folder of a server that is another process, read beside it.</summary>
internal static class FolderDatabase
{
    public static async Task<List<T>> ListAsync<T>(string folder, string sql)
    {
        await using var database = new Database(DatabaseKind.Sqlite, $"Data Source={Path.Combine(folder, "sallyport.db")}");
        return await database.ListAsync<T>(sql, null, TestContext.Current.CancellationToken);
    }

    /// <summary>What the audit says was done, in order.</summary>
    public static Task<List<string>> AuditedAsync(string folder) => ListAsync<string>(folder, "SELECT action FROM audit ORDER BY id");
}
