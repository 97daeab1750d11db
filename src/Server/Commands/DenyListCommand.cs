using System.CommandLine;
using System.Security.Cryptography;
using System.Text;
using Sallyport.Policy.Machine;
using Sallyport.Protocol.DenyLists;
using Sallyport.Protocol.Signing;
using Sallyport.Server.Access;
using Sallyport.Server.DenyLists;

namespace Sallyport.Server.Commands;

/// <summary>Deny lists from the command line: those that are kept in a repository, and those that are signed away from the server.</summary>
internal static class DenyListCommand
{
    private static readonly Argument<string> Owner = new("owner") { Description = "organisation or user" };
    private static readonly Argument<FileInfo> Named = new("file") { Description = "an entry a line: evil.example # why" };
    private static readonly Option<string?> Comment = new("--comment") { Description = "why, as the list of versions shows it" };
    private static readonly Option<bool> Anew = new("--anew") { Description = "also where the latest version is by another key, or was changed in the database" };

    public static void AddTo(RootCommand root) => root.Subcommands.Add(new Command("deny-list", "saves deny lists of owners, and signs them offline")
    {
        Save(), Key(), NewKey(), Sign(), Import(),
    });

    private static Command Save()
    {
        var atLeast = new Option<int>("--at-least") { Description = "least number of the version: machines refuse one below what they have" };
        var command = new Command("save", "signs a new version with the server's own key; the same entries again change nothing")
        {
            Owner, Named, Comment, atLeast, Anew,
        };
        command.SetAction((parsed, cancellation) => StoreCommand.WithFilesAsync(async () =>
        {
            var text = await File.ReadAllTextAsync(parsed.GetValue(Named)!.FullName, cancellation);
            return await WithStoreAsync(
                parsed,
                async store => await StoreCommand.SaidAsync(await store.SaveAsync(
                    OwnerOf(parsed), text, parsed.GetValue(Comment), parsed.GetValue(atLeast), parsed.GetValue(Anew), Actor.Console, cancellation)),
                cancellation);
        }));
        return command;
    }

    private static Command Key()
    {
        var command = new Command("key", "prints the public key of the server's own, for denyListKey in agent.yml") { Owner };
        command.SetAction((parsed, cancellation) => WithStoreAsync(
            parsed,
            async store =>
            {
                await Console.Out.WriteLineAsync(await store.OwnKeyAsync(OwnerOf(parsed), cancellation));
                return ExitCodes.Done;
            },
            cancellation));
        return command;
    }

    private static Command NewKey()
    {
        var command = new Command("new-key", "makes a private key in a file, which no server needs, and prints its public key") { Named };
        command.SetAction((parsed, cancellation) => StoreCommand.WithFilesAsync(async () =>
        {
            var key = RandomNumberGenerator.GetBytes(OwnerKey.KeyBytes);
            await using var stream = new FileStream(parsed.GetValue(Named)!.FullName, new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            });
            await stream.WriteAsync(Encoding.ASCII.GetBytes(Convert.ToBase64String(key) + "\n"), cancellation);
            await Console.Out.WriteLineAsync(PublicKeyText.Of(OwnerKey.PublicKeyOf(key)));
            return ExitCodes.Done;
        }));
        return command;
    }

    private static Command Sign()
    {
        var key = new Option<FileInfo>("--key") { Description = "file that new-key has made", Required = true };
        var number = new Option<int>("--number") { Description = "of the version, from 1, above the last", Required = true };
        var command = new Command("sign", "signs a list with the key of a file, and prints the envelope; asks no server") { Owner, Named, key, number };
        command.SetAction((parsed, cancellation) => StoreCommand.WithFilesAsync(async () =>
        {
            var mistakes = new List<string>();
            var entries = DenyListText.Read(await File.ReadAllTextAsync(parsed.GetValue(Named)!.FullName, cancellation), mistakes);
            if (await KeyFile.ReadAsync(parsed.GetValue(key)!.FullName, mistakes, cancellation) is { } secret && mistakes.Count == 0)
            {
                var list = new DenyList(OwnerOf(parsed), parsed.GetValue(number), TimeProvider.System.GetUtcNow().ToUnixTimeSeconds(), entries);
                await Console.Out.WriteLineAsync(Encoding.UTF8.GetString(DenyListSignature.Sign(list, secret)));
            }

            return await StoreCommand.SaidAsync(mistakes);
        }));
        return command;
    }

    private static Command Import()
    {
        var key = new Option<string?>("--public-key") { Description = "that signed it; left out: the one of the latest version" };
        var command = new Command("import", "takes an envelope that sign has printed") { Owner, Named, key, Comment, Anew };
        command.SetAction((parsed, cancellation) => StoreCommand.WithFilesAsync(async () =>
        {
            var envelope = await File.ReadAllBytesAsync(parsed.GetValue(Named)!.FullName, cancellation);
            return await WithStoreAsync(
                parsed,
                async store => await StoreCommand.SaidAsync(await store.ImportAsync(
                    OwnerOf(parsed), envelope, parsed.GetValue(key) ?? (await store.LatestAsync(OwnerOf(parsed), cancellation))?.PublicKey ?? "",
                    parsed.GetValue(Comment), parsed.GetValue(Anew), Actor.Console, cancellation)),
                cancellation);
        }));
        return command;
    }

    private static string OwnerOf(ParseResult parsed) => parsed.GetValue(Owner)!.ToLowerInvariant();

    private static Task<int> WithStoreAsync(ParseResult parsed, Func<DenyListStore, Task<int>> work, CancellationToken cancellation) =>
        SigningStore.RunAsync(parsed, (database, keys, audit) => work(new DenyListStore(database, keys, audit, TimeProvider.System)), cancellation);
}
