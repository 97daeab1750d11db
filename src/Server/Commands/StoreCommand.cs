using System.CommandLine;
using System.Data.Common;
using Sallyport.Server.Configuration;
using Sallyport.Server.Store;

namespace Sallyport.Server.Commands;

/// <summary>What commands that change the store have in common: settings, the database of this version, and mistakes in one line each.</summary>
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
        catch (InvalidDataException e)
        {
            // As at the start: a file that a setting names holds something else, the master key.
            return await SaidAsync([e.Message]);
        }
        catch (Exception e) when (e is DbException or InvalidOperationException or IOException)
        {
            await Console.Error.WriteLineAsync($"sallyport-server: the database cannot be used: {e.Message}");
            return ExitCodes.Failed;
        }
    }

    /// <summary>Work that begins with files that were named; one that cannot be read or written is told.</summary>
    public static async Task<int> WithFilesAsync(Func<Task<int>> work)
    {
        try
        {
            return await work();
        }
        catch (ArgumentException e)
        {
            return await SaidAsync([e.Message]);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync($"sallyport-server: {e.Message}");
            return ExitCodes.UnreadableInput;
        }
    }

    /// <summary>Tells the mistakes.</summary>
    /// <returns>The exit code: done when there are none.</returns>
    public static async Task<int> SaidAsync(IReadOnlyList<string> mistakes)
    {
        foreach (var mistake in mistakes)
        {
            await Console.Error.WriteLineAsync($"sallyport-server: {mistake}");
        }

        return mistakes.Count == 0 ? ExitCodes.Done : ExitCodes.WrongArguments;
    }
}
