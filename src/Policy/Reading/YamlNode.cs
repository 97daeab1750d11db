namespace Sallyport.Policy.Reading;

/// <summary>A node of a small YAML document with the place where it begins.</summary>
/// <param name="Line">From 1.</param>
/// <param name="Column">From 1.</param>
internal abstract record YamlNode(int Line, int Column)
{
    /// <summary>For messages.</summary>
    public abstract string Kind { get; }
}
