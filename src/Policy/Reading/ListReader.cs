using System.Buffers;
using System.Collections.Immutable;
using Sallyport.Policy.Endpoints;
using Sallyport.Policy.Groups;

namespace Sallyport.Policy.Reading;

/// <summary>Endpoints and groups from a text or a YAML list into rules.</summary>
internal sealed class ListReader(string source, MistakeList mistakes)
{
    /// <summary>White space of any kind and commas.</summary>
    private static readonly SearchValues<char> Separators = SearchValues.Create(" ,\t\r\n\v\f");

    /// <summary>Reads <c>github.com:443 *.docker.io:443,@npm</c>. Lines are counted when there are several.</summary>
    public void ReadText(string text, ImmutableArray<PolicyRule>.Builder rules)
    {
        if (text.Length > PolicySource.MaxListLength)
        {
            Add(0, 0, "", $"the list has {text.Length} characters", $"at most {PolicySource.MaxListLength}");
            return;
        }
        bool places = text.AsSpan().Trim().Contains('\n');
        int line = 1, lineStart = 0, at = 0;
        while (at < text.Length)
        {
            if (Separators.Contains(text[at]))
            {
                if (text[at] == '\n')
                {
                    line++;
                    lineStart = at + 1;
                }
                at++;
                continue;
            }
            int length = text.AsSpan(at).IndexOfAny(Separators);
            length = length < 0 ? text.Length - at : length;
            var origin = new RuleOrigin(source, places ? line : 0, places ? at - lineStart + 1 : 0, null);
            ReadEntry(text.Substring(at, length), EndpointUse.Allow, origin, rules);
            at += length;
        }
    }

    public void ReadEntry(string text, EndpointUse use, RuleOrigin origin, ImmutableArray<PolicyRule>.Builder rules)
    {
        if (rules.Count > PolicyDocument.MaxRules)
        {
            return; // Said once, by whoever counts the whole document.
        }
        if (text.StartsWith('@'))
        {
            ReadGroup(text, use, origin, rules);
        }
        else if (IsResultsPattern(text))
        {
            AddGroup(EndpointGroups.All.First(group => group.Name == "github-actions-runtime")
                .Entries.Where(entry => entry.Endpoint.Name!.StartsWith(
                    GitHubActionsGroup.ResultsPrefix, StringComparison.Ordinal)), origin with { Group = "github-actions-runtime" }, rules);
        }
        else if (Endpoint.TryParse(text, use, out Endpoint? endpoint, out EndpointMistake? mistake))
        {
            rules.Add(new PolicyRule(endpoint, origin));
        }
        else
        {
            Add(origin.Line, origin.Column, text, mistake.What, mistake.Accepted);
        }
    }

    private void ReadGroup(string text, EndpointUse use, RuleOrigin origin, ImmutableArray<PolicyRule>.Builder rules)
    {
        string name = text[1..];
        if (use == EndpointUse.Inbound)
        {
            Add(origin.Line, origin.Column, text, "a group has no meaning for inbound peers", "an address or block");
        }
        else if (EndpointGroups.TryGet(name, out EndpointGroup? group))
        {
            AddGroup(group.Entries, origin with { Group = name }, rules);
        }
        else
        {
            string? near = NearestWord.Of(name, EndpointGroups.All.Select(known => known.Name));
            Add(origin.Line, origin.Column, text, $"no such group{(near is null ? "" : $" (did you mean @{near}?)")}",
                string.Join(", ", EndpointGroups.All.Select(known => $"@{known.Name}")));
        }
    }

    private static void AddGroup(
        IEnumerable<EndpointGroupEntry> entries, RuleOrigin origin, ImmutableArray<PolicyRule>.Builder rules)
    {
        foreach (EndpointGroupEntry entry in entries)
        {
            rules.Add(new PolicyRule(entry.Endpoint, origin));
        }
    }

    /// <summary>
    /// Lists written for Harden-Runner hold <c>productionresultssa*.blob.core.windows.net</c>. A wildcard inside a label
    /// is not of this grammar (anybody can open an account that begins so); the accounts are known, so they are meant.
    /// </summary>
    private static bool IsResultsPattern(string text) =>
        text is $"{GitHubActionsGroup.ResultsPrefix}*.{GitHubActionsGroup.ResultsZone}"
            or $"{GitHubActionsGroup.ResultsPrefix}*.{GitHubActionsGroup.ResultsZone}:443";

    private void Add(int line, int column, string value, string what, string accepted) =>
        mistakes.Add(new PolicyMistake(source, line, column, value, what, accepted));
}
