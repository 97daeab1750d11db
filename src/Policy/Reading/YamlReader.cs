using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Sallyport.Policy.Reading;

/// <summary>
/// Reads the small part of YAML 1.2 that a policy needs, from the parser's events: no anchors, aliases, tags or second
/// document, at most <see cref="MaxDepth"/> levels and <see cref="MaxNodes"/> nodes.
/// </summary>
internal sealed class YamlReader(string source, MistakeList mistakes)
{
    public const int MaxDepth = 12;
    public const int MaxNodes = 16_384;

    private Parser parser = new(TextReader.Null);
    private int nodes;

    /// <summary>The root node, or null when the text is no YAML or holds nothing; the mistake is in the list.</summary>
    public YamlNode? Read(string text)
    {
        parser = new Parser(new StringReader(text));
        try
        {
            return ReadDocument();
        }
        catch (YamlException exception)
        {
            Add(exception.Start, "", $"not YAML: {Escape.Text(exception.Message)}", "YAML 1.2");
            return null;
        }
        catch (Exception exception) when (exception is InvalidOperationException or ArgumentException or FormatException
            or OverflowException or IndexOutOfRangeException or NullReferenceException or InvalidCastException)
        {
            // YamlDotNet 16.3 answers some malformed texts with these (found by fuzzing) instead of YamlException.
            Add(parser.Current?.End ?? Mark.Empty, "", "not YAML from here on", "YAML 1.2");
            return null;
        }
    }

    private YamlNode? ReadDocument()
    {
        if (!Next<StreamStart>() || !Next<DocumentStart>())
        {
            Add(Mark.Empty, "", "the file holds no document", "at least: version: 1");
            return null;
        }
        YamlNode? root = parser.MoveNext() ? ReadNode(0) : null;
        if (root is null)
        {
            return null;
        }
        _ = parser.MoveNext();
        if (Next<DocumentStart>())
        {
            Add(parser.Current!.Start, "", "a second document begins", "one document in a file");
        }
        return root;
    }

    // The depth is bounded, so the recursion is too. Null: stop reading altogether.
    private YamlNode? ReadNode(int depth)
    {
        ParsingEvent current = parser.Current!;
        if (depth > MaxDepth || ++nodes > MaxNodes)
        {
            Add(current.Start, "", depth > MaxDepth ? "too deep" : "too many values",
                $"at most {MaxDepth} levels and {MaxNodes} values");
            return null;
        }
        (int line, int column) = PlaceOf(current.Start);
        if (current is AnchorAlias)
        {
            Add(current.Start, "", "an alias", "the value itself, written out, or in quotes if it begins with *");
            return new YamlRefused(line, column);
        }
        bool refused = current is NodeEvent node && IsRefused(node);
        YamlNode? read = current switch
        {
            Scalar scalar => new YamlScalar(line, column, scalar.Value, scalar.Style == ScalarStyle.Plain),
            SequenceStart => ReadSequence(line, column, depth),
            MappingStart => ReadMapping(line, column, depth),
            _ => null,
        };
        return read is not null && refused ? new YamlRefused(line, column) : read;
    }

    private bool IsRefused(NodeEvent node)
    {
        if (!node.Anchor.IsEmpty)
        {
            Add(node.Start, $"&{node.Anchor.Value}", "an anchor", "the value written out where it is needed");
        }
        if (!node.Tag.IsEmpty)
        {
            Add(node.Start, node.Tag.IsNonSpecific ? "!" : node.Tag.Value, "a tag", "the value without a tag");
        }
        return !node.Anchor.IsEmpty || !node.Tag.IsEmpty;
    }

    private YamlSequence? ReadSequence(int line, int column, int depth)
    {
        var items = new List<YamlNode>();
        while (parser.MoveNext() && parser.Current is not SequenceEnd)
        {
            if (ReadNode(depth + 1) is not { } item)
            {
                return null;
            }
            items.Add(item);
        }
        return new YamlSequence(line, column, items);
    }

    private YamlMapping? ReadMapping(int line, int column, int depth)
    {
        var entries = new List<(YamlScalar, YamlNode)>();
        var seen = new Dictionary<string, YamlScalar>(StringComparer.Ordinal);
        while (parser.MoveNext() && parser.Current is not MappingEnd)
        {
            Mark start = parser.Current!.Start;
            if (ReadNode(depth + 1) is not { } key || !parser.MoveNext() || ReadNode(depth + 1) is not { } value)
            {
                return null;
            }
            if (key is not YamlScalar name)
            {
                if (key is not YamlRefused)
                {
                    Add(start, "", $"{key.Kind} as a key", "a name");
                }
            }
            else if (!seen.TryAdd(name.Text, name))
            {
                Add(start, name.Text, $"this key is there already, in line {seen[name.Text].Line}", "each key once");
            }
            else
            {
                entries.Add((name, value));
            }
        }
        return new YamlMapping(line, column, entries);
    }

    private bool Next<TEvent>()
        where TEvent : ParsingEvent => parser.MoveNext() && parser.Current is TEvent;

    private static (int Line, int Column) PlaceOf(Mark mark) =>
        ((int)Math.Clamp(mark.Line, 1, int.MaxValue), (int)Math.Clamp(mark.Column, 1, int.MaxValue));

    private void Add(Mark mark, string value, string what, string accepted)
    {
        (int line, int column) = PlaceOf(mark);
        mistakes.Add(new PolicyMistake(source, line, column, value, what, accepted));
    }
}
