using System.Collections.Immutable;

namespace Sallyport.Policy.Reading;

/// <summary>The keys that are no lists of endpoints.</summary>
internal sealed class SettingsReader(NodeReader nodes)
{
    /// <summary>Of <c>sockets</c>.</summary>
    public const int MaxSockets = 64;

    private const int MaxGlobs = 256;
    private const int MaxGlobLength = 512;
    private const int MaxDetections = 128;
    private const int MaxSocketLength = 107; // sun_path without its NUL, unix(7)

    private static readonly ImmutableArray<(string Word, DetectionAction Value)> Actions =
    [
        ("off", DetectionAction.Off), ("report", DetectionAction.Report),
        ("fail", DetectionAction.Fail), ("block", DetectionAction.Block),
    ];

    /// <summary>Globs to protect, null when they are left out, and programs that may write to tracked files.</summary>
    public (ImmutableArray<string>? Protect, ImmutableArray<string> Tools) ReadFiles(YamlNode value)
    {
        const string Accepted = "files: { protect: [\"src/**\"], tools: [/usr/bin/clang-format] }";
        if (nodes.Mapping(value, "files", Accepted) is not { } mapping)
        {
            return (null, []);
        }
        nodes.CheckKeys(mapping, "files", "protect", "tools");
        YamlNode? protect = mapping.Entries.Find(entry => entry.Key.Text == "protect").Value;
        YamlNode? tools = mapping.Entries.Find(entry => entry.Key.Text == "tools").Value;
        return (
            protect is null ? null : ReadTexts(protect, "protect", "a list of globs, [] for none", "a glob", "src/**"),
            tools is null ? [] : ReadTools(tools));
    }

    private ImmutableArray<string> ReadTools(YamlNode value)
    {
        ImmutableArray<string> paths = ReadTexts(
            value, "tools", "a list of programs, by path", "a path", "/usr/bin/clang-format");
        foreach (string path in paths.Where(path => !path.StartsWith('/') || path.EndsWith('/')))
        {
            nodes.Add(value, path, "the absolute path of a program");
        }
        return paths;
    }

    private ImmutableArray<string> ReadTexts(YamlNode value, string key, string accepted, string what, string example)
    {
        List<YamlNode> items = nodes.List(value, key, accepted);
        if (items.Count > MaxGlobs)
        {
            nodes.Add(value, $"{items.Count} entries", $"at most {MaxGlobs}");
        }
        return [.. items.Take(MaxGlobs)
            .Select(item => nodes.Text(item, what, example, MaxGlobLength))
            .OfType<string>()];
    }

    public ImmutableSortedDictionary<string, DetectionAction> ReadDetections(YamlNode value)
    {
        ImmutableSortedDictionary<string, DetectionAction>.Builder detections =
            ImmutableSortedDictionary.CreateBuilder<string, DetectionAction>(StringComparer.Ordinal);
        if (nodes.Mapping(value, "detections", "runner-memory-read: off | report | fail | block") is not { } mapping)
        {
            return detections.ToImmutable();
        }
        if (mapping.Entries.Count > MaxDetections)
        {
            nodes.Add(mapping, $"{mapping.Entries.Count} detections", $"at most {MaxDetections}");
        }
        foreach ((YamlScalar key, YamlNode node) in mapping.Entries.Take(MaxDetections))
        {
            if (!IsKebab(key.Text))
            {
                nodes.Add(key, "not the id of a detector", "lower case words joined by -, such as runner-memory-read");
            }
            else if (nodes.Word(node, key.Text, Actions) is not { } action)
            {
                continue; // the mistake is noted
            }
            else if (action == DetectionAction.Block && KnownDetections.CanBlock(key.Text) == false)
            {
                nodes.Add(node, $"{key.Text} is told and cannot be prevented", "off, report, fail");
            }
            else
            {
                detections[key.Text] = action;
            }
        }
        return detections.ToImmutable();
    }

    public ImmutableArray<DnsQuestionType> ReadDns(YamlNode value)
    {
        string accepted = string.Join(", ", DnsQuestionType.Openable.Select(type => type.Name));
        if (nodes.Mapping(value, "dns", "dns: { questions: [HTTPS, TXT] }") is not { } mapping)
        {
            return [];
        }
        nodes.CheckKeys(mapping, "dns", "questions");
        var types = new List<DnsQuestionType>();
        YamlNode? questions = mapping.Entries.Find(entry => entry.Key.Text == "questions").Value;
        foreach (YamlNode item in questions is null ? [] : nodes.List(questions, "questions", "a list of question types"))
        {
            string? text = nodes.Text(item, "a question type", accepted);
            if (text is not null && DnsQuestionType.TryParse(text, out DnsQuestionType type))
            {
                types.Add(type);
            }
            else if (text is not null && !DnsQuestionType.Always.Any(
                always => always.Name.Equals(text, StringComparison.OrdinalIgnoreCase)))
            {
                nodes.Add(item, "this question type cannot be opened", accepted);
            }
        }
        return [.. types.Distinct()];
    }

    public ImmutableArray<string> ReadSockets(YamlNode value)
    {
        const string Accepted = "an absolute path, as /run/dbus/system_bus_socket, or @ and an abstract name; at most 107 characters";
        var paths = new List<string>();
        foreach (YamlNode item in nodes.List(value, "sockets", "a list of paths of Unix sockets"))
        {
            string? text = nodes.Text(item, "a Unix socket", Accepted);
            if (text is not null && IsSocket(text))
            {
                paths.Add(text.StartsWith("/var/run/", StringComparison.Ordinal) ? text["/var".Length..] : text);
            }
            else if (text is not null)
            {
                nodes.Add(item, "this is no Unix socket", Accepted);
            }
        }
        if (paths.Count > MaxSockets)
        {
            nodes.Add(value, "too many Unix sockets", $"at most {MaxSockets}");
        }
        return [.. paths.Distinct()];
    }

    /// <summary>Whether <c>sockets</c> takes it.</summary>
    public static bool IsSocket(string text) =>
        text is { Length: > 1 and <= MaxSocketLength } && text[0] is '/' or '@' && !text.Any(char.IsControl)
        && !text.Contains("/../", StringComparison.Ordinal) && !text.EndsWith('/');

    public AgentLoss ReadAgentLoss(YamlNode value) =>
        nodes.Word<AgentLoss>(value, "onAgentLoss", [("keep", AgentLoss.Keep), ("deny", AgentLoss.Deny)]) ?? AgentLoss.Keep;

    private static bool IsKebab(string text) =>
        text.Length is > 0 and <= 64
        && char.IsAsciiLetterLower(text[0]) && text[^1] != '-'
        && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');
}
