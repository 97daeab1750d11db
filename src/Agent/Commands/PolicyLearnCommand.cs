using System.CommandLine;
using Sallyport.Agent.Sinks;

namespace Sallyport.Agent.Commands;

/// <summary><c>sallyport policy learn RECORDING…</c>: one policy that several runs would need.</summary>
internal static class PolicyLearnCommand
{
    internal static Command Create(CommandContext context)
    {
        var recordings = new Argument<string[]>("recordings")
        {
            Description = "Recordings of runs.",
            HelpName = "RECORDING…",
            Arity = ArgumentArity.OneOrMore,
        };
        var command = new Command("learn", "Print a policy that lets through what the recorded runs did.") { recordings };
        command.SetAction(parsed =>
        {
            var files = parsed.GetValue(recordings)!.Select(RecordingFile.Read).ToList();
            foreach (var warning in files.Select(file => file.Warning).OfType<string>())
            {
                context.Error.WriteLine($"sallyport: {Printable.Line(warning)}");
            }

            var title = files.Count == 1 ? "Learned from one run." : $"Learned from {files.Count} runs.";
            var learned = LearnedPolicies.Learn([.. files.Select(file => file.Report)], title);
            context.Output.Write(learned.Yaml);
            if (LearnedPolicies.LeftOut(learned, "the policy") is { } left)
            {
                context.Error.WriteLine($"sallyport: {left}");
            }

            return files.TrueForAll(file => file.Warning is null) ? ExitCode.Success : ExitCode.UnreadableInput;
        });
        return command;
    }
}
