using System.Collections.Immutable;
using Sallyport.Policy.Groups;

namespace Sallyport.Policy.Reading;

/// <summary>Reads all sources into one document, collecting every mistake. Never throws on what the sources hold.</summary>
public static class PolicyReader
{
    /// <summary>Reads the sources.</summary>
    /// <param name="sources">Weakest first: policy file, Action inputs, command line.</param>
    public static PolicyReading Read(params IReadOnlyList<PolicySource> sources)
    {
        ArgumentNullException.ThrowIfNull(sources);
        var mistakes = new MistakeList();
        PolicyDocument document = PolicyDocument.Empty;
        foreach (PolicySource source in sources)
        {
            document = Merge(document, Read(source, mistakes));
        }
        DocumentLimits.Check(document, sources.Count == 0 ? "policy" : sources[^1].Name, mistakes);
        return new PolicyReading(mistakes.IsEmpty ? document : null, mistakes.ToImmutable(sources));
    }

    private static PolicyDocument Read(PolicySource source, MistakeList mistakes)
    {
        var lists = new ListReader(source.Name, mistakes);
        if (source.FileBytes is { } bytes)
        {
            return new YamlText(source.Name, mistakes).Prepare(bytes) is { } text
                && new YamlReader(source.Name, mistakes).Read(text) is { } root
                    ? new DocumentReader(new NodeReader(source.Name, mistakes), lists).Read(root)
                    : PolicyDocument.Empty;
        }
        ImmutableArray<PolicyRule>.Builder rules = ImmutableArray.CreateBuilder<PolicyRule>();
        foreach (string list in source.Lists)
        {
            lists.ReadText(list, rules);
        }
        if (source.ImpliesRuntime)
        {
            var origin = new RuleOrigin(source.Name, 0, 0, GitHubActionsGroup.Runtime.Name);
            rules.AddRange(GitHubActionsGroup.Runtime.Entries.Select(entry => new PolicyRule(entry.Endpoint, origin)));
        }
        return PolicyDocument.Empty with { Mode = source.Mode, Allow = rules.ToImmutable(), HasAllow = rules.Count > 0 };
    }

    private static PolicyDocument Merge(PolicyDocument weaker, PolicyDocument stronger) => new()
    {
        Mode = stronger.Mode ?? weaker.Mode,
        Allow = weaker.Allow.AddRange(stronger.Allow),
        HasAllow = weaker.HasAllow || stronger.HasAllow,
        Deny = weaker.Deny.AddRange(stronger.Deny),
        Inbound = weaker.Inbound.AddRange(stronger.Inbound),
        Steps = weaker.Steps.AddRange(stronger.Steps),
        Processes = weaker.Processes.AddRange(stronger.Processes),
        ProtectedFiles = stronger.ProtectedFiles ?? weaker.ProtectedFiles,
        FileTools = [.. weaker.FileTools.Union(stronger.FileTools)],
        Detections = weaker.Detections.SetItems(stronger.Detections),
        Expected = [.. weaker.Expected.Union(stronger.Expected)],
        Questions = [.. weaker.Questions.Union(stronger.Questions)],
        Sockets = [.. weaker.Sockets.Union(stronger.Sockets)],
        OnAgentLoss = stronger.OnAgentLoss == AgentLoss.Deny ? AgentLoss.Deny : weaker.OnAgentLoss,
    };
}
