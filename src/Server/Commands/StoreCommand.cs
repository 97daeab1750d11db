using System.CommandLine;
using System.Data.Common;
using Sallyport.Server.Configuration;
using Sallyport.Server.Store;

namespace Sallyport.Server.Commands;

/// <summary>What commands that change the store have in common: settings, the database of this version, and its mistakes in one line.</summary>
internal static class StoreCommand
{
    public static async Task<int> RunAsync(
        ParseResult parsed, Func<ServerSettings, Database, Task<int>> work, CancellationToken cancellation)
    {
        if (ServeCommand.Settings(parsed) is not { } settings)
        {
            return ExitCodes.WrongArguments;
        }

        try
        {
            await using var database = new Database(settings.Database, settings.ConnectionString);
            await Migrator.MigrateAsync(database, cancellation);
            return await work(settings, database);
        }
        catch (Exception e) when (e is DbException or InvalidOperationException or IOException)
        {
            await Console.Error.WriteLineAsync($"sallyport-server: the database cannot be used: {e.Message}");
            return ExitCodes.Failed;
        }
    }
}
