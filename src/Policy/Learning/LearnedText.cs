using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Sallyport.Policy.Learning;

/// <summary>Writes a learned policy as YAML, a comment per line: who called it, in which step, how often.</summary>
internal static class LearnedText
{
    private const int MaxListed = 4;
    private const int MaxLeft = 50;
    private const int CommentColumn = 44;

    public static string Write(
        ImmutableArray<LearnedRule> rules,
        ImmutableArray<LearnedRule> inbound,
        LearnedSettings settings,
        ImmutableArray<string> left,
        LearnOptions options)
    {
        var text = new StringBuilder();
        if (options.Title is { } title)
        {
            _ = text.Append("# ").Append(Escape.Text(title)).Append('\n');
        }
        _ = text.Append("version: 1\nmode: ").Append(PolicyModeWord.Of(options.Mode)).Append('\n');
        _ = text.Append(rules.IsEmpty ? "allow: []\n" : "allow:\n");
        WriteRules(text, rules);
        if (!inbound.IsEmpty)
        {
            _ = text.Append("inbound: # of any port of the job's: which one was called is not recorded\n");
            WriteRules(text, inbound);
        }
        if (!settings.Questions.IsEmpty)
        {
            _ = text.Append("dns:\n  questions: [").AppendJoin(", ", settings.Questions).Append("]\n");
        }
        if (!settings.Sockets.IsEmpty)
        {
            _ = text.Append("sockets: # daemons that were there before the job\n");
        }
        foreach ((string path, ImmutableArray<ObservedDestination> by) in settings.Sockets)
        {
            string value = path.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
            WriteLine(text, $"\"{value}\"", Who(
                PolicyLearner.Sorted(by.Select(one => one.Process)), PolicyLearner.Sorted(by.Select(one => one.Step)), by.Sum(one => one.Count)));
        }
        foreach (string line in left.Take(MaxLeft))
        {
            _ = text.Append("# not expressible: ").Append(line).Append('\n');
        }
        if (left.Length > MaxLeft)
        {
            _ = text.Append("# not expressible: ").Append(CultureInfo.InvariantCulture, $"{left.Length - MaxLeft} more\n");
        }
        return text.ToString();
    }

    /// <summary>The value, in quotes where YAML would read it as something else.</summary>
    public static string Quote(string value) => value[0] is '*' or '@' || value.Contains('[') ? $"\"{value}\"" : value;

    private static void WriteRules(StringBuilder text, ImmutableArray<LearnedRule> rules)
    {
        foreach (LearnedRule rule in rules)
        {
            string names = rule.Names.IsEmpty ? "" : $"; for {List(rule.Names, "")}";
            string notes = rule.Notes.IsEmpty ? "" : $"; {List(rule.Notes, "")}";
            WriteLine(text, Quote(rule.Endpoint.Text), $"{Who(rule.Processes, rule.Steps, rule.Count)}{names}{notes}");
        }
    }

    private static void WriteLine(StringBuilder text, string value, string comment) =>
        _ = text.Append($"  - {value}".PadRight(CommentColumn)).Append(" # ").Append(comment).Append('\n');

    private static string Who(ImmutableArray<string> processes, ImmutableArray<string> steps, long count)
    {
        string where = steps.IsEmpty ? "" : $", step {List(steps, "")}";
        return string.Create(CultureInfo.InvariantCulture, $"{List(processes, "an unknown process")}{where}, {count}×");
    }

    private static string List(ImmutableArray<string> values, string none) => values.IsEmpty ? none
        : string.Join(", ", values.Take(MaxListed).Select(Escape.Text))
            + (values.Length > MaxListed ? $" and {values.Length - MaxListed} more" : "");
}
