namespace Sallyport.Policy.Linting;

/// <summary>Something that is accepted and probably not wanted.</summary>
/// <param name="Code">Kebab-case, never reused: <c>open-wildcard</c>.</param>
/// <param name="Origin">Where it stands.</param>
/// <param name="Value">The rule.</param>
/// <param name="What">The problem, without full stop; values in it are escaped.</param>
/// <param name="Proposal">What to write in its place.</param>
public sealed record PolicyWarning(string Code, RuleOrigin Origin, string Value, string What, string Proposal)
{
    /// <summary><c>.sallyport.yml:4: *.github.io:443: …; better: … [open-wildcard]</c>.</summary>
    public override string ToString() =>
        $"{Escape.Text(Origin.ToString())}: {Escape.Text(Value)}: {What}; better: {Proposal} [{Code}]";
}
