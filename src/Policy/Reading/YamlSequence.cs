namespace Sallyport.Policy.Reading;

/// <summary>A list.</summary>
internal sealed record YamlSequence(int Line, int Column, List<YamlNode> Items) : YamlNode(Line, Column)
{
    public override string Kind => "a list";
}
