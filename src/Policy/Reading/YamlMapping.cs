namespace Sallyport.Policy.Reading;

/// <summary>A mapping in the order of the text; keys are unique.</summary>
internal sealed record YamlMapping(int Line, int Column, List<(YamlScalar Key, YamlNode Value)> Entries)
    : YamlNode(Line, Column)
{
    public override string Kind => "a mapping";
}
