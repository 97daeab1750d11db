using System.CommandLine;
using Sallyport.Server.Backup;
using Sallyport.Server.Operations;
using Sallyport.Server.Recordings;
using Sallyport.Server.Store;

namespace Sallyport.Server.Commands;

/// <summary>Restores a backup where there is nothing yet.</summary>
internal static class RestoreCommand
{
    public static void AddTo(RootCommand root)
    {
        var file = new Argument<FileInfo>("FILE") { Description = "made by sallyport-server backup, of this version or an earlier one" };
        var command = new Command("restore", "restores a backup into an empty database and data folder; no server runs there") { file };
        command.SetAction((parsed, cancellation) => RunAsync(parsed, parsed.GetValue(file)!, cancellation));
        root.Subcommands.Add(command);
    }

    private static async Task<int> RunAsync(ParseResult parsed, FileInfo file, CancellationToken cancellation)
    {
        if (ServeCommand.Settings(parsed) is not { } settings)
        {
            return ExitCodes.WrongArguments;
        }

        try
        {
            using var folder = new DataFolder(settings);
            folder.Take();
            await using var database = new Database(settings.Database, settings.ConnectionString);
            var totals = await BackupReader.ReadAsync(
                file.FullName, settings, database, RecordingStores.Open(settings), Console.Out.WriteLine, TimeProvider.System, cancellation);
            await Console.Out.WriteLineAsync($"{file} is restored: {totals.Rows} rows, {totals.Objects} objects.");
            return ExitCodes.Done;
        }
        catch (InvalidOperationException e)
        {
            await Console.Error.WriteLineAsync($"sallyport-server: nothing was restored: {e.Message}");
            return ExitCodes.UnwritableOutput;
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync($"sallyport-server: {file} cannot be restored: {e.Message}");
            return ExitCodes.UnreadableInput;
        }
    }
}
