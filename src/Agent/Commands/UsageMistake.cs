using System.CommandLine;

namespace Sallyport.Agent.Commands;

/// <summary>One clear message per mistake: the word, what it could have been, and where help is.</summary>
internal static class UsageMistake
{
    internal static int Print(ParseResult parsed, TextWriter error)
    {
        var command = parsed.CommandResult.Command;
        var unknown = parsed.UnmatchedTokens;
        foreach (var word in unknown)
        {
            error.WriteLine($"sallyport: {Describe(word, command)}");
        }

        if (unknown.Count == 0)
        {
            foreach (var mistake in parsed.Errors)
            {
                error.WriteLine($"sallyport: {mistake.Message}");
            }
        }

        error.WriteLine($"See: {string.Join(' ', Names(command))} --help");
        return ExitCode.Usage;
    }

    private static string Describe(string word, Command command)
    {
        var isOption = word.StartsWith('-');
        var known = isOption
            ? Options(command).ToList()
            : [.. command.Subcommands.Where(sub => !sub.Hidden).Select(sub => sub.Name)];
        var kind = isOption ? "option" : known.Count > 0 ? "command" : "argument";
        var text = $"'{Printable.Line(word)}' is not an {kind} of '{command.Name}'".Replace(" an c", " a c", StringComparison.Ordinal);
        return (Nearest.To(word, known), command.Name) switch
        {
            ({ } near, _) => $"{text}; did you mean '{near}'?",
            (null, "run") when !isOption => $"{text}; the command stands after --: sallyport run [options] -- {Printable.Line(word)} …",
            _ => $"{text}; there are: {string.Join(", ", known)}",
        };
    }

    private static IEnumerable<string> Options(Command command) =>
        command.Options.Concat(command.Parents.OfType<Command>().SelectMany(p => p.Options.Where(o => o.Recursive)))
            .Where(option => !option.Hidden).Select(option => option.Name);

    private static List<string> Names(Command command)
    {
        var names = new List<string>();
        for (var at = command; at is not null; at = at.Parents.OfType<Command>().FirstOrDefault())
        {
            names.Insert(0, at is RootCommand ? "sallyport" : at.Name);
        }

        return names;
    }
}
