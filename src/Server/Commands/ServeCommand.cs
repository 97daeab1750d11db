using System.CommandLine;
using System.Data.Common;
using Sallyport.Server.Access;
using Sallyport.Server.Configuration;

namespace Sallyport.Server.Commands;

/// <summary>Serves until it is told to stop.</summary>
internal static class ServeCommand
{
    private static readonly Option<FileInfo?> ConfigFile = new("--config")
    {
        Description = "settings as JSON; /etc/sallyport-server/server.json is read when it is there",
        Recursive = true,
    };

    private static readonly Option<string[]> Set = new("--set")
    {
        Description = "one setting, as in --set listen=http://127.0.0.1:8710; wins over file and environment",
        Recursive = true,
    };

    private static readonly Option<DirectoryInfo?> Demo = new("--demo")
    {
        Description = "a folder of recordings, sent to this server at its start, over its own interface",
        HelpName = "DIR",
    };

    private static readonly Option<bool> Check = new("--check")
    {
        Description = "only says what is wrong with the settings; the exit code tells it too",
    };

    public static void AddTo(RootCommand root)
    {
        root.Options.Add(ConfigFile);
        root.Options.Add(Set);
        root.Options.Add(Demo);
        root.Options.Add(Check);
        root.SetAction(RunAsync);
    }

    /// <summary>The settings that file, environment and options give; null when there are mistakes, all told.</summary>
    public static ServerSettings? Settings(ParseResult parsed)
    {
        var mistakes = new List<string>();
        var values = SettingsSources.Load(parsed.GetValue(ConfigFile)?.FullName, parsed.GetValue(Set) ?? [], mistakes);
        var settings = new ServerSettingsReader(values, mistakes).Read();
        foreach (var mistake in mistakes)
        {
            Console.Error.WriteLine($"sallyport-server: {mistake}");
        }

        return mistakes.Count == 0 ? settings : null;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        if (Settings(parsed) is not { } settings)
        {
            return ExitCodes.WrongArguments;
        }

        try
        {
            MasterKeyCheck.ReadIfThere(settings);
            if (parsed.GetValue(Check))
            {
                await Console.Out.WriteLineAsync("the settings are right".AsMemory(), cancellation);
                return ExitCodes.Done;
            }

            return await ServeAsync(parsed, settings, cancellation);
        }
        catch (InvalidDataException e)
        {
            // A file that a setting names holds something else: the master key.
            await Console.Error.WriteLineAsync($"sallyport-server: {e.Message}");
            return ExitCodes.WrongArguments;
        }
        catch (Exception e) when (e is InvalidOperationException or HttpRequestException or IOException or UnauthorizedAccessException or DbException)
        {
            // The database, the data folder, the address: what an operator can mend, in one line.
            await Console.Error.WriteLineAsync($"sallyport-server: {e.Message}");
            return ExitCodes.Failed;
        }
    }

    private static async Task<int> ServeAsync(ParseResult parsed, ServerSettings settings, CancellationToken cancellation)
    {
        await using var app = await ServerHost.BuildAsync(settings);
        await app.StartAsync(cancellation);
        await FirstLink.PrintAsync(app, settings, cancellation);
        if (parsed.GetValue(Demo) is { } folder)
        {
            var (count, refused) = await new DemoUpload(app, "demo").RunAsync(folder.FullName, cancellation);
            var but = refused > 0 ? $"; {refused} segments that were tampered with were refused" : "";
            await Console.Out.WriteLineAsync($"  demonstration   {count} recordings of {folder} were sent{but}");
        }

        await app.WaitForShutdownAsync(cancellation);
        return ExitCodes.Done;
    }
}
