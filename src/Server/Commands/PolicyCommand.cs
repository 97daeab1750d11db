using System.CommandLine;
using Sallyport.Server.Access;
using Sallyport.Server.Policies;

namespace Sallyport.Server.Commands;

/// <summary>The policy store from the server's own machine: for policies that are kept in a repository.</summary>
internal static class PolicyCommand
{
    public static void AddTo(RootCommand root)
    {
        var command = new Command("policy", "saves policies in the store, and attaches them");
        var owner = new Argument<string>("owner") { Description = "organisation" };
        var name = new Argument<string>("name") { Description = "of the policy" };
        var file = new Argument<FileInfo>("file") { Description = "policy file, as docs/policy.md has it" };
        var comment = new Option<string?>("--comment") { Description = "why, as the list of versions shows it" };
        var save = new Command("save", "saves a new version; the same text again changes nothing") { owner, name, file, comment };
        save.SetAction((parsed, cancellation) => StoreCommand.WithFilesAsync(async () =>
        {
            var text = await File.ReadAllTextAsync(parsed.GetValue(file)!.FullName, cancellation);
            return await WithStoreAsync(
                parsed,
                async store => await StoreCommand.SaidAsync(await store.SaveAsync(
                    Lower(parsed.GetValue(owner)!), parsed.GetValue(name)!, text, parsed.GetValue(comment), Actor.Console, cancellation)),
                cancellation);
        }));
        command.Subcommands.Add(save);

        var repository = new Option<string>("--repository") { Description = "name without the owner; all when left out", DefaultValueFactory = _ => "" };
        var workflow = new Option<string>("--workflow") { Description = "all when left out", DefaultValueFactory = _ => "" };
        var job = new Option<string>("--job") { Description = "all when left out", DefaultValueFactory = _ => "" };
        var floor = new Option<bool>("--floor") { Description = "nothing below can weaken it" };
        var attach = new Command("attach", "attaches a policy to a place") { owner, name, repository, workflow, job, floor };
        attach.SetAction((parsed, cancellation) => WithStoreAsync(parsed, async store =>
        {
            var place = new BindingRow
            {
                Owner = Lower(parsed.GetValue(owner)!),
                Policy = parsed.GetValue(name)!,
                Repository = parsed.GetValue(repository)!,
                Workflow = parsed.GetValue(workflow)!,
                JobName = parsed.GetValue(job)!,
                IsFloor = parsed.GetValue(floor) ? 1 : 0,
            };
            return await StoreCommand.SaidAsync(await store.AttachAsync(place, Actor.Console, cancellation) is { } hindrance ? [hindrance] : []);
        }, cancellation));
        command.Subcommands.Add(attach);
        root.Subcommands.Add(command);
    }

    private static string Lower(string owner) => owner.ToLowerInvariant();

    private static Task<int> WithStoreAsync(ParseResult parsed, Func<PolicyStore, Task<int>> work, CancellationToken cancellation) =>
        StoreCommand.RunAsync(
            parsed,
            (_, database) => work(new PolicyStore(database, new Audit(database, TimeProvider.System), TimeProvider.System)),
            cancellation);
}
