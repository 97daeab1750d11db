using System.CommandLine;
using Sallyport.Server.Backup;
using Sallyport.Server.Recordings;
using Sallyport.Server.Store;

namespace Sallyport.Server.Commands;

/// <summary>Writes all that the server keeps into one file, while it runs.</summary>
internal static class BackupCommand
{
    public static void AddTo(RootCommand root)
    {
        var file = new Argument<FileInfo>("FILE") { Description = "made new, as in sallyport-2026-11-26.tar.zst" };
        var withKeys = new Option<bool>("--with-keys")
        {
            Description = "with the master key: whoever has the file can then read every secret in it",
        };
        var withoutRecordings = new Option<bool>("--without-recordings") { Description = "rows alone: for a bucket that is kept safe by other means" };
        var command = new Command("backup", "writes database, recordings and reports into one file; the server may run") { file, withKeys, withoutRecordings };
        command.SetAction((parsed, cancellation) => RunAsync(
            parsed, parsed.GetValue(file)!, parsed.GetValue(withKeys), !parsed.GetValue(withoutRecordings), cancellation));
        root.Subcommands.Add(command);
    }

    private static async Task<int> RunAsync(
        ParseResult parsed, FileInfo file, bool withKeys, bool withRecordings, CancellationToken cancellation)
    {
        if (ServeCommand.Settings(parsed) is not { } settings)
        {
            return ExitCodes.WrongArguments;
        }

        if (file.Exists)
        {
            await Console.Error.WriteLineAsync($"sallyport-server: {file} is there already.");
            return ExitCodes.UnwritableOutput;
        }

        try
        {
            await using var database = new Database(settings.Database, settings.ConnectionString);
            var totals = await BackupWriter.WriteAsync(
                file.FullName, withKeys, withRecordings, settings, database, RecordingStores.Open(settings), TimeProvider.System, cancellation);
            await Console.Out.WriteLineAsync($"{file}: {totals.Rows} rows, {totals.Objects} objects of {totals.ObjectBytes} bytes");
            if (!withKeys)
            {
                await Console.Out.WriteLineAsync($"Keep {settings.MasterKeyFile} apart from it: without that key, sessions and upload tokens end at a restore.");
            }

            return ExitCodes.Done;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync($"sallyport-server: {file} cannot be written: {e.Message}");
            return ExitCodes.UnwritableOutput;
        }
    }
}
