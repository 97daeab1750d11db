using System.Collections.Immutable;
using Sallyport.Policy.Endpoints;

namespace Sallyport.Policy.Reading;

/// <summary>The keys of a policy file (docs/policy.md) out of its nodes.</summary>
internal sealed class DocumentReader(NodeReader nodes, ListReader lists)
{
    public static ImmutableArray<(string Word, PolicyMode Value)> Modes { get; } =
        [("audit", PolicyMode.Audit), ("block", PolicyMode.Block)];

    private readonly BlockReader blocks = new(nodes, lists);
    private readonly SettingsReader settings = new(nodes);

    public PolicyDocument Read(YamlNode root)
    {
        PolicyDocument document = PolicyDocument.Empty;
        if (nodes.Mapping(root, "the document", "version: 1, mode: audit | block, allow: [endpoints]") is not { } mapping)
        {
            return document;
        }
        nodes.CheckKeys(mapping, "the document", "version", "mode", "allow", "steps", "processes", "deny", "inbound",
            "sockets", "files", "detections", "expect", "dns", "onAgentLoss");
        if (!mapping.Entries.Exists(entry => entry.Key.Text == "version"))
        {
            nodes.Add(mapping, "version is missing", "version: 1");
        }
        foreach ((YamlScalar key, YamlNode value) in mapping.Entries)
        {
            document = ReadKey(document, key.Text, value);
        }
        return document;
    }

    private PolicyDocument ReadKey(PolicyDocument document, string key, YamlNode value) => key switch
    {
        "version" => CheckVersion(document, value),
        "mode" => document with { Mode = nodes.Word(value, "mode", Modes) },
        "allow" => document with { Allow = blocks.ReadRules(value, "allow", EndpointUse.Allow), HasAllow = true },
        "deny" => document with { Deny = blocks.ReadRules(value, "deny", EndpointUse.Deny) },
        "inbound" => document with { Inbound = blocks.ReadRules(value, "inbound", EndpointUse.Inbound) },
        "steps" => document with { Steps = blocks.Read(value, "steps", processes: false) },
        "processes" => document with { Processes = blocks.Read(value, "processes", processes: true) },
        "files" when settings.ReadFiles(value) is var (protect, tools) =>
            document with { ProtectedFiles = protect, FileTools = tools },
        "detections" => document with { Detections = settings.ReadDetections(value) },
        "expect" => document with { Expected = blocks.ReadExpectations(value) },
        "dns" => document with { Questions = settings.ReadDns(value) },
        "sockets" => document with { Sockets = settings.ReadSockets(value) },
        "onAgentLoss" => document with { OnAgentLoss = settings.ReadAgentLoss(value) },
        _ => document,
    };

    private PolicyDocument CheckVersion(PolicyDocument document, YamlNode value)
    {
        if (nodes.Text(value, "version", "1") is { } version && version != "1")
        {
            nodes.Add(value, "this version of the format is not known", "1");
        }
        return document;
    }
}
