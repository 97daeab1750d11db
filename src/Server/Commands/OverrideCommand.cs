using System.CommandLine;
using System.Globalization;
using System.Text;
using Sallyport.Protocol.ServerOverrides;
using Sallyport.Server.Access;
using Sallyport.Server.Overrides;

namespace Sallyport.Server.Commands;

/// <summary>Overrides of enforcement from the command line, and those that are signed away from the server.</summary>
internal static class OverrideCommand
{
    private static readonly Argument<string> Owner = new("owner") { Description = "organisation or user" };
    private static readonly Option<string> Reason = new("--reason") { Description = "why; it stands in every output of the jobs", Required = true };
    private static readonly Option<string> Until = new("--until")
    {
        Description = "when it ends, at most 24 hours from now: 2026-11-26T18:00:00Z",
        HelpName = "TIME",
        Required = true,
    };
    private static readonly Option<string?> Repository = new("--repository") { Description = "that it is for; left out: all of the owner's" };
    private static readonly Option<string?> Run = new("--run") { Description = "id of the workflow's run that it is for; left out: all" };
    private static readonly Option<string?> Runner = new("--runner") { Description = "name of the runner that it is for; left out: all" };

    public static void AddTo(RootCommand root) => root.Subcommands.Add(new Command("override", "switches enforcement off for a time, where machines take it")
    {
        Save(), Revoke(), Sign(), Import(),
    });

    private static Command Save()
    {
        var command = new Command("save", "signs one with the server's own key") { Owner, Reason, Until, Repository, Run, Runner };
        command.SetAction((parsed, cancellation) => Asked(parsed, out var mistakes) is not { } asked
            ? StoreCommand.SaidAsync(mistakes)
            : WithStoreAsync(parsed, async store => await StoreCommand.SaidAsync(await store.SignAsync(asked, Actor.Console, cancellation)), cancellation));
        return command;
    }

    private static Command Revoke()
    {
        var id = new Argument<string>("id") { Description = "as the server's page has it" };
        var command = new Command("revoke", "ends one before its time") { Owner, id };
        command.SetAction((parsed, cancellation) => WithStoreAsync(
            parsed,
            async store => await StoreCommand.SaidAsync(
                await store.RevokeAsync(OwnerOf(parsed), parsed.GetValue(id)!, Actor.Console, cancellation) ? [] : ["there is none of that id that has not ended"]),
            cancellation));
        return command;
    }

    private static Command Sign()
    {
        var key = new Option<FileInfo>("--key") { Description = "file that deny-list new-key has made", Required = true };
        var by = new Option<string>("--by") { Description = "who signs it", Required = true };
        var command = new Command("sign", "signs one with the key of a file, and prints the envelope; asks no server")
        {
            Owner, key, by, Reason, Until, Repository, Run, Runner,
        };
        command.SetAction((parsed, cancellation) => StoreCommand.WithFilesAsync(async () =>
        {
            var asked = Asked(parsed, out var mistakes);
            var secret = await KeyFile.ReadAsync(parsed.GetValue(key)!.FullName, mistakes, cancellation);
            if (asked is not null && secret is not null)
            {
                var now = TimeProvider.System.GetUtcNow();
                await Console.Out.WriteLineAsync(
                    Encoding.UTF8.GetString(OverrideSignature.Sign(asked.ToSigned(Secrets.NewId(now), parsed.GetValue(by)!, now), secret)));
            }

            return await StoreCommand.SaidAsync(mistakes);
        }));
        return command;
    }

    private static Command Import()
    {
        var named = new Argument<FileInfo>("file") { Description = "envelope that sign has printed" };
        var key = new Option<string>("--public-key") { Description = "that signed it", Required = true };
        var command = new Command("import", "takes an envelope that sign has printed") { Owner, named, key };
        command.SetAction((parsed, cancellation) => StoreCommand.WithFilesAsync(async () =>
        {
            var envelope = await File.ReadAllBytesAsync(parsed.GetValue(named)!.FullName, cancellation);
            return await WithStoreAsync(
                parsed,
                async store => await StoreCommand.SaidAsync(
                    await store.ImportAsync(OwnerOf(parsed), envelope, parsed.GetValue(key)!, Actor.Console, cancellation)),
                cancellation);
        }));
        return command;
    }

    private static string OwnerOf(ParseResult parsed) => parsed.GetValue(Owner)!.ToLowerInvariant();

    private static OverrideAsked? Asked(ParseResult parsed, out List<string> mistakes)
    {
        mistakes = [];
        var text = parsed.GetValue(Until)!;
        if (!DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var until))
        {
            mistakes.Add($"--until: '{text}' is no time; accepted: 2026-11-26T18:00:00Z");
            return null;
        }

        return new OverrideAsked(
            OwnerOf(parsed), parsed.GetValue(Repository), parsed.GetValue(Run), parsed.GetValue(Runner), parsed.GetValue(Reason)!, until);
    }

    private static Task<int> WithStoreAsync(ParseResult parsed, Func<OverrideStore, Task<int>> work, CancellationToken cancellation) =>
        SigningStore.RunAsync(parsed, (database, keys, audit) => work(new OverrideStore(database, keys, audit, TimeProvider.System)), cancellation);
}
