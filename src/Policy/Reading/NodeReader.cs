using System.Collections.Immutable;

namespace Sallyport.Policy.Reading;

/// <summary>Typed values out of nodes. A wrong type is reported once, and the caller goes on with nothing.</summary>
internal sealed class NodeReader(string source, MistakeList mistakes)
{
    public string Source => source;

    public void Add(YamlNode node, string what, string accepted) =>
        Add(node, node is YamlScalar scalar ? scalar.Text : "", what, accepted);

    public void Add(YamlNode node, string value, string what, string accepted) =>
        mistakes.Add(new PolicyMistake(source, node.Line, node.Column, value, what, accepted));

    public YamlMapping? Mapping(YamlNode node, string key, string accepted) =>
        node as YamlMapping ?? Wrong<YamlMapping>(node, key, accepted);

    public List<YamlNode> List(YamlNode node, string key, string accepted) =>
        (node as YamlSequence ?? Wrong<YamlSequence>(node, key, accepted))?.Items ?? [];

    public string? Text(YamlNode node, string key, string accepted, int maxLength = 512)
    {
        if (node is not YamlScalar { IsNull: false } scalar)
        {
            _ = Wrong<YamlScalar>(node, key, accepted);
            return null;
        }
        if (scalar.Text.Length is 0 || scalar.Text.Length > maxLength)
        {
            Add(node, $"{key} has {scalar.Text.Length} characters", $"1 to {maxLength} characters");
            return null;
        }
        return scalar.Text;
    }

    /// <summary>One of some words.</summary>
    public TValue? Word<TValue>(YamlNode node, string key, ImmutableArray<(string Word, TValue Value)> words)
        where TValue : struct
    {
        string accepted = string.Join(" | ", words.Select(pair => pair.Word));
        string? text = Text(node, key, accepted);
        foreach ((string word, TValue value) in words)
        {
            if (text == word)
            {
                return value;
            }
        }
        if (text is not null)
        {
            string? near = NearestWord.Of(text, words.Select(pair => pair.Word));
            Add(node, $"{key} cannot be this{(near is null ? "" : $" (did you mean {near}?)")}", accepted);
        }
        return null;
    }

    /// <summary>Reports keys that are not known.</summary>
    public void CheckKeys(YamlMapping mapping, string where, params ImmutableArray<string> known)
    {
        foreach ((YamlScalar key, YamlNode _) in mapping.Entries)
        {
            if (!known.Contains(key.Text))
            {
                string? near = NearestWord.Of(key.Text, known);
                Add(key, $"{where} has no such key{(near is null ? "" : $" (did you mean {near}?)")}",
                    string.Join(", ", known));
            }
        }
    }

    private TNode? Wrong<TNode>(YamlNode node, string key, string accepted)
        where TNode : YamlNode
    {
        if (node is not YamlRefused)
        {
            Add(node, $"{key} is {node.Kind}", accepted);
        }
        return null;
    }
}
