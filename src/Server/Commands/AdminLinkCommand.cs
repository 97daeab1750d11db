using System.CommandLine;
using Sallyport.Server.Access;
using Sallyport.Server.Store;

namespace Sallyport.Server.Commands;

/// <summary>Prints a one-time link that signs the local administrator in: for who has lost the first, or the password.</summary>
internal static class AdminLinkCommand
{
    public static void AddTo(RootCommand root)
    {
        var command = new Command("admin-link", "prints a one-time link for the administrator");
        command.SetAction(RunAsync);
        root.Subcommands.Add(command);
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        if (ServeCommand.Settings(parsed) is not { } settings)
        {
            return ExitCodes.WrongArguments;
        }

        await using var database = new Database(settings.Database, settings.ConnectionString);
        await Migrator.MigrateAsync(database, cancellation);
        var accounts = new Accounts(database, new Audit(database, TimeProvider.System), TimeProvider.System);
        var secret = await accounts.InviteAdministratorAsync(Actor.Console, cancellation);
        await Console.Out.WriteLineAsync(FirstLink.LinkOf(settings, secret).ToString());
        return ExitCodes.Done;
    }
}
