namespace Sallyport.Policy.Editing;

/// <summary>One way in which a policy differs from another.</summary>
/// <param name="Kind">In which direction.</param>
/// <param name="Scope"><c>allow</c>, <c>deny</c>, <c>inbound</c>, <c>mode</c>, or the block: <c>step id publish</c>.</param>
/// <param name="Text">The endpoint or the change, canonical and escaped.</param>
/// <param name="Origin">Where it stands (in the newer document, or in the older when it is gone); null for single values.</param>
public sealed record PolicyDifference(DifferenceKind Kind, string Scope, string Text, RuleOrigin? Origin)
{
    /// <summary><c>+ allow: github.com:443 (.sallyport.yml:4)</c>; + is wider, - narrower.</summary>
    public override string ToString() =>
        $"{(Kind == DifferenceKind.Wider ? '+' : '-')} {Scope}: {Text}{(Origin is null ? "" : $" ({Escape.Text(Origin.ToString())})")}";
}
