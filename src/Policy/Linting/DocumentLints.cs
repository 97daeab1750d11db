using Sallyport.Policy.Endpoints;
using Sallyport.Policy.Reading;

namespace Sallyport.Policy.Linting;

/// <summary>Warnings on what rules mean together.</summary>
internal static class DocumentLints
{
    public static IEnumerable<PolicyWarning> Denied(PolicyDocument document) =>
        from allow in document.Allow
        from deny in document.Deny.Where(deny => deny.Endpoint.Covers(allow.Endpoint)).Take(1)
        select new PolicyWarning("denied-rule", allow.Origin, allow.Endpoint.Text,
            $"deny {deny.Endpoint.Text} at {Escape.Text(deny.Origin.ToString())} wins over it", "one of the two");

    public static IEnumerable<PolicyWarning> Executables(PolicyDocument document) => document.Processes.Select(block =>
        new PolicyWarning("exe-is-attribution", block.Origin, Escape.Text(block.Match.ToString()),
            "an executable is attribution, not a boundary: who can write there, load a library or a script into it, has its rules",
            "steps: for a boundary; processes: against accidents"));

    /// <summary>An agent of another version may have it, so it is no mistake; a word that is misspelt does nothing.</summary>
    public static IEnumerable<PolicyWarning> Detections(PolicyDocument document) => document.Detections.Keys
        .Where(id => KnownDetections.CanBlock(id) is null)
        .Select(id => new PolicyWarning("unknown-detection", new RuleOrigin("detections", 0, 0, null), Escape.Text(id),
            "this version has no such detector, and does nothing for it",
            NearestWord.Of(id, KnownDetections.All) ?? "an id of docs/detections.md"));

    public static IEnumerable<PolicyWarning> Proxies(PolicyDocument document, LintContext context)
    {
        foreach (string variable in context.ProxyVariables.Where(value => !string.IsNullOrWhiteSpace(value)))
        {
            string proposal = Proposal(variable);
            if (!document.Allow.Any(rule => rule.Endpoint.Scheme == EndpointScheme.Proxy && rule.Endpoint.Text == proposal))
            {
                yield return new PolicyWarning("proxy-without-rule", new RuleOrigin("environment", 0, 0, null), MaskUser(variable),
                    "a proxy variable is in force; without a proxy rule what it is asked for is not judged, and block mode refuses it",
                    proposal);
            }
        }
    }

    // http://user:password@proxy.example.com:3128/ -> proxy://proxy.example.com:3128
    private static string Proposal(string variable)
    {
        ReadOnlySpan<char> rest = variable.AsSpan().Trim();
        int scheme = rest.IndexOf("://", StringComparison.Ordinal);
        bool tls = scheme >= 0 && rest[..scheme].Equals("https", StringComparison.OrdinalIgnoreCase);
        rest = scheme < 0 ? rest : rest[(scheme + 3)..];
        rest = rest[(rest.LastIndexOf('@') + 1)..].TrimEnd('/');
        string host = rest.Length > 0 && rest[^1] != ']' && rest.LastIndexOf(':') > rest.LastIndexOf(']')
            ? $"proxy://{rest}"
            : $"proxy://{rest}:{(tls ? 443 : 80)}";
        return Endpoint.TryParse(host, EndpointUse.Allow, out Endpoint? endpoint, out _) ? endpoint.Text : "proxy://host:port";
    }

    private static string MaskUser(string variable)
    {
        int at = variable.LastIndexOf('@');
        int scheme = variable.IndexOf("://", StringComparison.Ordinal);
        return at < 0 ? variable : $"{(scheme < 0 ? "" : variable[..(scheme + 3)])}***{variable[at..]}";
    }
}
