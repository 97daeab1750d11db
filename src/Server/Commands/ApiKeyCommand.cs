using System.CommandLine;
using Sallyport.Server.Access;

namespace Sallyport.Server.Commands;

/// <summary>Makes an API key from the server's own machine: for images that are built by programs.</summary>
internal static class ApiKeyCommand
{
    public static void AddTo(RootCommand root)
    {
        var owner = new Argument<string>("owner") { Description = "organisation or user whose jobs it is for" };
        var name = new Option<string>("--name") { Description = "as the list of keys shows it", DefaultValueFactory = _ => "console" };
        var scope = new Option<string>("--scope")
        {
            Description = "agent: sends recordings; read: reads /api/v1",
            DefaultValueFactory = _ => ApiKeyRow.AgentScope,
        };
        _ = scope.AcceptOnlyFromAmong(ApiKeyRow.AgentScope, ApiKeyRow.ReadScope);
        var command = new Command("api-key", "makes an API key and prints it, once") { owner, name, scope };
        command.SetAction((parsed, cancellation) => StoreCommand.RunAsync(
            parsed,
            async (_, database) =>
            {
                var keys = new ApiKeys(database, new Audit(database, TimeProvider.System), TimeProvider.System);
                var (_, key) = await keys.CreateAsync(
                    parsed.GetValue(owner)!, parsed.GetValue(name)!, parsed.GetValue(scope)!, Actor.Console, cancellation);
                await Console.Out.WriteLineAsync(key);
                return ExitCodes.Done;
            },
            cancellation));
        root.Subcommands.Add(command);
    }
}
