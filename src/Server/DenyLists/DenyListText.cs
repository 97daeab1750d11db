using System.Collections.Immutable;
using System.Text;
using Sallyport.Policy;
using Sallyport.Policy.Endpoints;
using Sallyport.Policy.Groups;
using Sallyport.Policy.Linting;
using Sallyport.Policy.Reading;
using Sallyport.Protocol.DenyLists;
using Endpoint = Sallyport.Policy.Endpoints.Endpoint;

namespace Sallyport.Server.DenyLists;

/// <summary>
/// A deny list as people write it, an entry a line: <c>evil.example # beacon of the incident of March</c>. The endpoint is as under
/// <c>deny:</c> of a policy, but for groups; the reason is for whoever is refused.
/// </summary>
internal static class DenyListText
{
    /// <summary>Characters of the text.</summary>
    public const int MaximumCharacters = 256 << 10;

    private const string Source = "deny list";
    private const string Accepted = "an endpoint, #, and why: evil.example # beacon of an incident";

    /// <summary>Reads a text, collecting every mistake; what it gives is of use only without any.</summary>
    public static ImmutableArray<DeniedEndpoint> Read(string text, List<string> mistakes)
    {
        if (text.Length > MaximumCharacters)
        {
            mistakes.Add($"the list has {text.Length} characters; at most {MaximumCharacters}");
            return [];
        }

        var entries = ImmutableArray.CreateBuilder<DeniedEndpoint>();
        foreach (var (number, line) in Lines(text))
        {
            if (Entry(line, number, mistakes) is { } entry)
            {
                entries.Add(entry);
            }
        }

        if (entries.Count > DenyListLimits.Entries)
        {
            mistakes.Add($"the list has {entries.Count} entries; at most {DenyListLimits.Entries}");
        }

        return entries.ToImmutable();
    }

    /// <summary>The text of entries, which reads as them again.</summary>
    public static string Of(IEnumerable<DeniedEndpoint> entries)
    {
        var text = new StringBuilder();
        foreach (var entry in entries)
        {
            text.Append(entry.Endpoint).Append(" # ").Append(entry.Reason).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>What the linter says of a text's entries as <c>deny:</c> of a policy, which allows what no job ends without.</summary>
    public static IReadOnlyList<string> Warnings(string text)
    {
        _ = EndpointGroups.TryGet("github-actions", out var needed);
        var document = PolicyDocument.Empty with
        {
            Allow = [.. needed!.Entries.Select(entry => new PolicyRule(entry.Endpoint, new RuleOrigin("what every runner needs", 0, 0, needed.Name)))],
            Deny = [.. Lines(text).Select(one => Rule(Parts(one.Line).Endpoint, one.Number)).OfType<PolicyRule>()],
        };
        return [.. PolicyLinter.Lint(document, new LintContext()).Select(warning => warning.ToString())];
    }

    /// <summary>What one list says and another does not: <c>+</c> added, <c>-</c> taken away, a line each.</summary>
    public static IReadOnlyList<string> Changes(ImmutableArray<DeniedEndpoint> before, ImmutableArray<DeniedEndpoint> after) =>
    [
        .. after.Except(before).Select(entry => $"+ {entry.Endpoint} # {entry.Reason}"),
        .. before.Except(after).Select(entry => $"- {entry.Endpoint} # {entry.Reason}"),
    ];

    // Those that say something, numbered from 1.
    private static IEnumerable<(int Number, string Line)> Lines(string text) =>
        text.ReplaceLineEndings("\n").Split('\n').Select((line, at) => (Number: at + 1, Line: line.Trim())).Where(one => one.Line.Length > 0);

    private static (string Endpoint, string Reason) Parts(string line) =>
        line.IndexOf('#', StringComparison.Ordinal) is >= 0 and var hash ? (line[..hash].Trim(), line[(hash + 1)..].Trim()) : (line.Trim(), "");

    private static PolicyRule? Rule(string endpoint, int line) => Endpoint.TryParse(endpoint, EndpointUse.Deny, out var read, out _)
        ? new PolicyRule(read, new RuleOrigin(Source, line, 1, null))
        : null;

    private static DeniedEndpoint? Entry(string line, int number, List<string> mistakes)
    {
        var (text, reason) = Parts(line);
        void Add(string value, string what, string accepted) =>
            mistakes.Add(new PolicyMistake(Source, number, 1, value, what, accepted).ToString());
        if (!Endpoint.TryParse(text, EndpointUse.Deny, out var endpoint, out var mistake))
        {
            Add(text, mistake.What, mistake.Accepted);
            return null;
        }

        if (reason.Length is 0 or > DenyListLimits.ReasonCharacters || reason.Any(char.IsControl))
        {
            Add(line, $"an entry has a reason of 1 to {DenyListLimits.ReasonCharacters} characters", Accepted);
            return null;
        }

        return new DeniedEndpoint(endpoint.Text, reason);
    }
}
