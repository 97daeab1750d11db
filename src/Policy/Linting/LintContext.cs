using System.Collections.Immutable;

namespace Sallyport.Policy.Linting;

/// <summary>What the linter may know of the machine and of what was seen.</summary>
public sealed record LintContext
{
    /// <summary>
    /// Values of proxy variables in force (HTTPS_PROXY and its kind), such as <c>http://proxy.example.com:3128</c>.
    /// </summary>
    public ImmutableArray<string> ProxyVariables { get; init; } = [];

    /// <summary>Canonical names seen in earlier runs: the narrower proposal for a wildcard is made of them.</summary>
    public ImmutableArray<string> SeenNames { get; init; } = [];
}
