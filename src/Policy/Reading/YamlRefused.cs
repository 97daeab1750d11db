namespace Sallyport.Policy.Reading;

/// <summary>Something refused and already reported; whoever meets it says nothing more.</summary>
internal sealed record YamlRefused(int Line, int Column) : YamlNode(Line, Column)
{
    public override string Kind => "refused";
}
