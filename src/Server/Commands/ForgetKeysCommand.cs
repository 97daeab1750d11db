using System.CommandLine;
using Sallyport.Server.Access;

namespace Sallyport.Server.Commands;

/// <summary>For who has lost the master key: what it encrypted goes, and the server makes new keys at its next start.</summary>
internal static class ForgetKeysCommand
{
    public static void AddTo(RootCommand root)
    {
        var command = new Command("forget-keys", $"forgets the keys that a lost master key encrypted: {ServerKeys.MadeAnew}");
        command.SetAction((parsed, cancellation) => StoreCommand.RunAsync(
            parsed,
            async (_, database) =>
            {
                var audit = new Audit(database, TimeProvider.System);
                var count = await database.WriteAsync(
                    async write =>
                    {
                        var forgotten = await write.ExecuteAsync("DELETE FROM server_key");
                        await audit.WriteAsync(write, Actor.Console, "server-keys.forgotten", null, null, new { keys = forgotten });
                        return forgotten;
                    },
                    cancellation);
                await Console.Out.WriteLineAsync($"{count} keys are forgotten; start every replica anew, with one master key.");
                return ExitCodes.Done;
            },
            cancellation));
        root.Subcommands.Add(command);
    }
}
