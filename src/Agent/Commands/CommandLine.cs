using System.Collections.Immutable;
using System.CommandLine;
using System.CommandLine.Help;

namespace Sallyport.Agent.Commands;

/// <summary>The grammar of the command line, and what is said when a line does not follow it.</summary>
internal static class CommandLine
{
    private const string Examples = """
        Examples:
          sudo sallyport run -- make test                          what does this build call?
          sudo sallyport run --mode block --policy .sallyport.yml -- npm ci
          sallyport report .sallyport/*/recording.ndjson.zst --format markdown
          sallyport policy learn .sallyport/*/recording.ndjson.zst > .sallyport.yml
          sallyport policy explain github.com:443 --policy .sallyport.yml
          sallyport doctor                                         what can this machine enforce, and why not?
        """;

    internal static int Run(IReadOnlyList<string> arguments, CommandContext context)
    {
        // What stands after the first -- is the command's own and is not looked at.
        var separator = arguments.ToList().IndexOf("--");
        var head = separator < 0 ? arguments : [.. arguments.Take(separator)];
        var command = separator < 0 ? (ImmutableArray<string>?)null : [.. arguments.Skip(separator + 1)];

        var root = Build(context, command);
        var parsed = root.Parse(
            head, new ParserConfiguration { EnablePosixBundling = false, ResponseFileTokenReplacer = null });
        if (parsed.Errors.Count > 0 && parsed.Action is not HelpAction)
        {
            return UsageMistake.Print(parsed, context.Error);
        }

        if (separator >= 0 && parsed.CommandResult.Command.Name != "run")
        {
            throw new CommandFailure(
                ExitCode.Usage, $"'{parsed.CommandResult.Command.Name}' takes no command after --; only 'run' does");
        }

        return parsed.Invoke(new InvocationConfiguration
        {
            Output = context.Output,
            Error = context.Error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null,
        });
    }

    /// <summary>The whole grammar; <paramref name="command"/> is what stood after --, or null without one.</summary>
    internal static RootCommand Build(CommandContext context, ImmutableArray<string>? command)
    {
        var root = new RootCommand(
            "Watches what a job does to the network, enforces an egress allowlist in the kernel, and says what happened.");
        root.Subcommands.Add(RunCommand.Create(context, command));
        root.Subcommands.Add(AgentCommand.Create(context));
        root.Subcommands.Add(JobCommand.Create(context));
        root.Subcommands.Add(OverrideCommand.Create(context));
        root.Subcommands.Add(ReportCommand.Create(context));
        root.Subcommands.Add(UploadCommand.Create(context));
        root.Subcommands.Add(PolicyCommand.Create(context));
        root.Subcommands.Add(DoctorCommand.Create(context));
        root.Subcommands.Add(StatusCommand.Create(context));
        root.Subcommands.Add(CleanupCommand.Create(context));
        root.Subcommands.Add(CompletionCommand.Create(context, root));
        ExamplesHelp.Attach(root, new Dictionary<string, string>(StringComparer.Ordinal)
        {
            [root.Name] = Examples,
            ["run"] = RunCommand.Examples,
            ["agent"] = AgentCommand.Examples,
            ["job"] = JobCommand.Examples,
            ["override"] = OverrideCommand.Examples,
            ["report"] = ReportCommand.Examples,
            ["upload"] = UploadCommand.Examples,
            ["policy"] = PolicyCommand.Examples,
        });
        return root;
    }
}
