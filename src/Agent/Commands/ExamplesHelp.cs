using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Sallyport.Agent.Commands;

/// <summary>Help as the library prints it, then the examples of the subcommand.</summary>
internal sealed class ExamplesHelp(HelpAction inner, IReadOnlyDictionary<string, string> examples)
    : SynchronousCommandLineAction
{
    internal static void Attach(RootCommand root, IReadOnlyDictionary<string, string> examples)
    {
        foreach (var option in root.Options)
        {
            if (option is HelpOption { Action: HelpAction inner })
            {
                option.Action = new ExamplesHelp(inner, examples);
            }
        }
    }

    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        var result = inner.Invoke(parseResult);
        if (examples.TryGetValue(parseResult.CommandResult.Command.Name, out var text))
        {
            parseResult.InvocationConfiguration.Output.WriteLine(text);
        }

        return result;
    }
}
