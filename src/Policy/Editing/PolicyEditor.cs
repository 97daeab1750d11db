using System.Collections.Immutable;
using System.Text;
using Sallyport.Policy.Learning;
using Sallyport.Policy.Reading;

namespace Sallyport.Policy.Editing;

/// <summary>Changes the text of a policy file: comments, order and style stay.</summary>
public static class PolicyEditor
{
    /// <summary>
    /// Adds an endpoint or a group to the top-level <c>allow</c>. Doing it again changes nothing. The result is read
    /// back before it is returned.
    /// </summary>
    /// <param name="path">Name of the file, for mistakes.</param>
    /// <param name="text">Its content; empty for a file that does not exist yet.</param>
    /// <param name="endpoint">As the grammar has it, or <c>@group</c>.</param>
    /// <param name="comment">Put behind the line, one line; null for none.</param>
    public static PolicyEdit Allow(string path, string text, string endpoint, string? comment)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(endpoint);
        PolicyReading wanted = PolicyReader.Read(PolicySource.Allow(endpoint));
        if (wanted.Document is not { Allow: { IsEmpty: false } rules })
        {
            return new PolicyEdit(text, false, null, wanted.Mistakes.IsEmpty
                ? [new PolicyMistake("--allow", 0, 0, endpoint, "nothing to allow", "github.com:443 or @group")]
                : wanted.Mistakes);
        }
        string start = string.IsNullOrWhiteSpace(text) ? $"{text}version: 1\n" : text;
        PolicyReading before = ReadText(path, start);
        if (before.Document is not { } document)
        {
            return new PolicyEdit(text, false, null, before.Mistakes);
        }
        PolicyRule?[] allowedBy = [.. rules.Select(rule => document.Allow.FirstOrDefault(known => known.Endpoint.Covers(rule.Endpoint)))];
        if (!allowedBy.Contains(null))
        {
            return new PolicyEdit(text, false, allowedBy[0], []);
        }
        string[] entries = endpoint.StartsWith('@') ? [endpoint] : [.. rules.Select(rule => rule.Endpoint.Text)];
        string edited = entries.Aggregate(start, (current, entry) => Insert(path, current, entry, comment));
        return Check(path, text, edited, document, rules);
    }

    private static string Insert(string path, string text, string entry, string? comment)
    {
        var mistakes = new MistakeList();
        string newline = text.Contains("\r\n", StringComparison.Ordinal) ? "\r\n" : "\n";
        string value = LearnedText.Quote(entry);
        string line = comment is null ? value : $"{value} # {Escape.Text(comment)}";
        if (new YamlReader(path, mistakes).Read(text) is not YamlMapping root)
        {
            return text;
        }
        YamlSequence? allow = root.Entries.Find(pair => pair.Key.Text == "allow").Value as YamlSequence;
        if (allow is null)
        {
            int after = root.Entries.Where(pair => pair.Key.Text is "version" or "mode")
                .Select(pair => pair.Value.Line).DefaultIfEmpty(root.Line).Max();
            return InsertLines(text, after, $"allow:{newline}  - {line}{newline}", newline);
        }
        int offset = OffsetOf(text, allow.Line, allow.Column);
        if (offset < text.Length && text[offset] == '[')
        {
            return text.Insert(offset + 1, allow.Items.Count == 0 ? value : $"{value}, ");
        }
        string indent = new(' ', allow.Column - 1);
        return InsertLines(text, allow.Items.Max(item => item.Line), $"{indent}- {line}{newline}", newline);
    }

    private static PolicyEdit Check(
        string path, string text, string edited, PolicyDocument before, ImmutableArray<PolicyRule> rules)
    {
        PolicyReading after = ReadText(path, edited);
        bool good = after.Document is { } document
            && document.Allow.Length > before.Allow.Length
            && rules.All(rule => document.Allow.Any(known => known.Endpoint.Covers(rule.Endpoint)))
            && before.Allow.All(rule => document.Allow.Any(known => known.Endpoint == rule.Endpoint));
        return good
            ? new PolicyEdit(edited, true, null, [])
            : new PolicyEdit(text, false, null,
                [new PolicyMistake(path, 1, 1, "", "the layout of this file cannot be edited by a program",
                    "a block mapping with allow: and one '- endpoint' in each line"), .. after.Mistakes]);
    }

    private static string InsertLines(string text, int afterLine, string lines, string newline)
    {
        int offset = afterLine >= CountLines(text) ? text.Length : OffsetOf(text, afterLine + 1, 1);
        string gap = offset > 0 && text[offset - 1] != '\n' ? newline : "";
        return text.Insert(offset, gap + lines);
    }

    private static int CountLines(string text) => text.AsSpan().Count('\n') + 1;

    private static int OffsetOf(string text, int line, int column)
    {
        int offset = 0;
        for (int current = 1; current < line; current++)
        {
            offset = text.IndexOf('\n', offset) + 1;
        }
        return Math.Min(offset + column - 1, text.Length);
    }

    private static PolicyReading ReadText(string path, string text) =>
        PolicyReader.Read(PolicySource.File(path, Encoding.UTF8.GetBytes(text)));
}
