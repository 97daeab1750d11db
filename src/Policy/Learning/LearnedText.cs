using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Sallyport.Policy.Learning;

/// <summary>Writes a learned policy as YAML, a comment per line: who called it, in which step, how often.</summary>
internal static class LearnedText
{
    private const int MaxListed = 4;
    private const int CommentColumn = 44;

    public static string Write(ImmutableArray<LearnedRule> rules, ImmutableArray<string> left, LearnOptions options)
    {
        var text = new StringBuilder();
        if (options.Title is { } title)
        {
            _ = text.Append("# ").Append(Escape.Text(title)).Append('\n');
        }
        _ = text.Append("version: 1\nmode: ").Append(PolicyModeWord.Of(options.Mode)).Append('\n');
        _ = text.Append(rules.IsEmpty ? "allow: []\n" : "allow:\n");
        foreach (LearnedRule rule in rules)
        {
            string line = $"  - {Quote(rule.Endpoint.Text)}";
            _ = text.Append(line.PadRight(CommentColumn)).Append(" # ").Append(CommentOf(rule)).Append('\n');
        }
        foreach (string line in left)
        {
            _ = text.Append("# not expressible: ").Append(line).Append('\n');
        }
        return text.ToString();
    }

    /// <summary>The value, in quotes where YAML would read it as something else.</summary>
    public static string Quote(string value) => value[0] is '*' or '@' || value.Contains('[') ? $"\"{value}\"" : value;

    private static string CommentOf(LearnedRule rule)
    {
        string who = List(rule.Processes, "an unknown process");
        string where = rule.Steps.IsEmpty ? "" : $", step {List(rule.Steps, "")}";
        string names = rule.Names.IsEmpty ? "" : $"; for {List(rule.Names, "")}";
        return string.Create(CultureInfo.InvariantCulture, $"{who}{where}, {rule.Count}×{names}");
    }

    private static string List(ImmutableArray<string> values, string none) => values.IsEmpty ? none
        : string.Join(", ", values.Take(MaxListed).Select(Escape.Text))
            + (values.Length > MaxListed ? $" and {values.Length - MaxListed} more" : "");
}
