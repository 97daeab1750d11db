using System.CommandLine;
using Sallyport.Server.Configuration;

namespace Sallyport.Server.Commands;

/// <summary>Says what is in force, and serves nothing; secrets are not shown.</summary>
internal static class SettingsCommand
{
    public static void AddTo(RootCommand root)
    {
        var command = new Command("settings", "checks the settings and prints what is in force, without secrets");
        command.SetAction(RunAsync);
        root.Subcommands.Add(command);
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        if (ServeCommand.Settings(parsed) is not { } settings)
        {
            return ExitCodes.WrongArguments;
        }

        foreach (var (key, value) in SettingsText.Of(settings))
        {
            await Console.Out.WriteLineAsync($"{key,-32} {value}".AsMemory(), cancellation);
        }

        return ExitCodes.Done;
    }
}
