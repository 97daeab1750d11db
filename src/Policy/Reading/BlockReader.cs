using System.Collections.Immutable;
using Sallyport.Policy.Endpoints;

namespace Sallyport.Policy.Reading;

/// <summary>Lists of endpoints, and the blocks of <c>steps</c> and <c>processes</c>.</summary>
internal sealed class BlockReader(NodeReader nodes, ListReader lists)
{
    private const int MaxExpectations = 64;

    private const string Example = "- match: { id: publish } with allow: [endpoints] or mode: audit | block";

    public ImmutableArray<PolicyRule> ReadRules(YamlNode value, string key, EndpointUse use)
    {
        ImmutableArray<PolicyRule>.Builder rules = ImmutableArray.CreateBuilder<PolicyRule>();
        foreach (YamlNode item in nodes.List(value, key, "a list of endpoints, [] for none"))
        {
            if (nodes.Text(item, "an endpoint", "github.com:443 or \"@group\"", Endpoint.MaxTextLength) is { } text)
            {
                lists.ReadEntry(text.Trim(), use, new RuleOrigin(nodes.Source, item.Line, item.Column, null), rules);
            }
        }
        return rules.ToImmutable();
    }

    public ImmutableArray<PolicyBlock> Read(YamlNode value, string key, bool processes)
    {
        ImmutableArray<PolicyBlock>.Builder blocks = ImmutableArray.CreateBuilder<PolicyBlock>();
        foreach (YamlNode item in nodes.List(value, key, $"a list of {Example}"))
        {
            if (nodes.Mapping(item, $"an entry of {key}", Example) is { } mapping
                && ReadBlock(mapping, key, processes) is { } block)
            {
                blocks.Add(block);
            }
        }
        return blocks.ToImmutable();
    }

    /// <summary><c>expect: { publish: [{ id: release }], id-token: [{ action: aws-actions/configure-aws-credentials }] }</c></summary>
    public ImmutableArray<StepExpectation> ReadExpectations(YamlNode value)
    {
        const string Accepted = "publish: [{ id: release }] or id-token: [{ id: deploy }]";
        ImmutableArray<StepExpectation>.Builder found = ImmutableArray.CreateBuilder<StepExpectation>();
        if (nodes.Mapping(value, "expect", Accepted) is not { } mapping)
        {
            return [];
        }
        nodes.CheckKeys(mapping, "expect", "publish", "id-token");
        foreach ((YamlScalar key, YamlNode steps) in mapping.Entries.Where(entry => entry.Key.Text is "publish" or "id-token"))
        {
            StepRight right = key.Text == "publish" ? StepRight.Publish : StepRight.IdToken;
            foreach (YamlNode item in nodes.List(steps, key.Text, "a list of steps: [{ id: release }]"))
            {
                if (found.Count >= MaxExpectations)
                {
                    nodes.Add(item, "more steps than can be expected", $"at most {MaxExpectations}");
                    return found.ToImmutable();
                }
                if (ReadStep(item) is { } match)
                {
                    found.Add(new StepExpectation(right, match));
                }
            }
        }
        return found.ToImmutable();
    }

    private PolicyBlock? ReadBlock(YamlMapping mapping, string key, bool processes)
    {
        nodes.CheckKeys(mapping, $"an entry of {key}", "match", "allow", "extend", "mode");
        PolicyMatch? match = null;
        ImmutableArray<PolicyRule>? allow = null;
        bool extend = false, matched = false;
        PolicyMode? mode = null;
        foreach ((YamlScalar name, YamlNode value) in mapping.Entries)
        {
            switch (name.Text)
            {
                case "match":
                    match = processes ? ReadProcess(value) : ReadStep(value);
                    matched = true;
                    break;
                case "allow":
                    allow = ReadRules(value, "allow", EndpointUse.Allow);
                    break;
                case "extend":
                    extend = nodes.Word<bool>(value, "extend", [("true", true), ("false", false)]) ?? false;
                    break;
                case "mode":
                    mode = nodes.Word(value, "mode", DocumentReader.Modes);
                    break;
                default:
                    break; // Reported by CheckKeys.
            }
        }
        Check(mapping, key, matched, extend, mapping.Entries);
        return match is null ? null
            : new PolicyBlock(match, allow, extend, mode, new RuleOrigin(nodes.Source, mapping.Line, mapping.Column, null));
    }

    private void Check(
        YamlMapping mapping, string key, bool matched, bool extend, List<(YamlScalar Key, YamlNode Value)> entries)
    {
        bool allows = entries.Exists(entry => entry.Key.Text == "allow");
        if (!matched)
        {
            nodes.Add(mapping, $"an entry of {key} has no match", Example);
        }
        if (extend && !allows)
        {
            nodes.Add(mapping, "extend without allow adds nothing", "extend: true together with allow: [endpoints]");
        }
        else if (!allows && !entries.Exists(entry => entry.Key.Text == "mode"))
        {
            nodes.Add(mapping, $"an entry of {key} changes nothing", "allow: [endpoints] or mode: audit | block");
        }
    }

    private PolicyMatch? ReadStep(YamlNode value)
    {
        const string Accepted = "{ id: publish }, { name: \"Check links\" } or { action: actions/checkout }";
        if (nodes.Mapping(value, "match", Accepted) is not { } mapping)
        {
            return null;
        }
        nodes.CheckKeys(mapping, "match of a step", "id", "name", "action");
        if (mapping.Entries.Count == 0)
        {
            nodes.Add(mapping, "match is empty", Accepted);
        }
        var match = new PolicyMatch(
            TextOf(mapping, "id", Accepted), TextOf(mapping, "name", Accepted), TextOf(mapping, "action", Accepted), null);
        return match is { Id: null, Name: null, Action: null } ? null : match;
    }

    private string? TextOf(YamlMapping mapping, string key, string accepted) =>
        mapping.Entries.Find(entry => entry.Key.Text == key).Value is { } node ? nodes.Text(node, key, accepted) : null;

    private PolicyMatch? ReadProcess(YamlNode value)
    {
        const string Accepted = "{ exe: /usr/bin/git } or { exe: /opt/tool/** }";
        if (nodes.Mapping(value, "match", Accepted) is not { } mapping)
        {
            return null;
        }
        nodes.CheckKeys(mapping, "match of a process", "exe");
        YamlNode? node = mapping.Entries.Find(entry => entry.Key.Text == "exe").Value;
        if (node is null)
        {
            nodes.Add(mapping, "match has no exe", Accepted);
            return null;
        }
        if (nodes.Text(node, "exe", Accepted, maxLength: 1023) is not { } exe)
        {
            return null;
        }
        string folder = exe.EndsWith("/**", StringComparison.Ordinal) ? exe[..^3] : exe;
        if (!exe.StartsWith('/') || folder.Length == 0 || folder.Contains('*') || $"{folder}/".Contains("//")
            || $"{folder}/".Contains("/../") || $"{folder}/".Contains("/./"))
        {
            nodes.Add(node, "an executable is an absolute path without ., .. and *, or a folder with /** behind it", Accepted);
            return null;
        }
        return new PolicyMatch(null, null, null, exe);
    }
}
