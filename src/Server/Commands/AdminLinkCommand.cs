using System.CommandLine;
using Sallyport.Server.Access;

namespace Sallyport.Server.Commands;

/// <summary>Prints a one-time link that signs the local administrator in: for who has lost the first, or the password.</summary>
internal static class AdminLinkCommand
{
    public static void AddTo(RootCommand root)
    {
        var command = new Command("admin-link", "prints a one-time link for the administrator");
        command.SetAction((parsed, cancellation) => StoreCommand.RunAsync(
            parsed,
            async (settings, database) =>
            {
                var accounts = new Accounts(database, new Audit(database, TimeProvider.System), TimeProvider.System);
                var secret = await accounts.InviteAdministratorAsync(Actor.Console, cancellation);
                await Console.Out.WriteLineAsync(FirstLink.LinkOf(settings, secret).ToString());
                return ExitCodes.Done;
            },
            cancellation));
        root.Subcommands.Add(command);
    }
}
