using System.CommandLine;

namespace Sallyport.Agent.Commands;

/// <summary><c>sallyport policy …</c></summary>
internal static class PolicyCommand
{
    internal const string Examples = """
        Examples:
          sallyport policy check .sallyport.yml
          sallyport policy explain registry.example.com:443 --policy .sallyport.yml --exe /usr/bin/node
          sallyport policy learn run1/recording.ndjson.zst run2/recording.ndjson.zst > .sallyport.yml
          sallyport policy diff old.yml new.yml
          sallyport policy allow evil.example:443 --policy .sallyport.yml
        """;

    internal static Command Create(CommandContext context) => new("policy", "Check, explain, learn, compare and change policies.")
    {
        PolicyCheckCommand.Create(context),
        PolicyExplainCommand.Create(context),
        PolicyLearnCommand.Create(context),
        PolicyDiffCommand.Create(context),
        PolicyAllowCommand.Create(context),
    };
}
