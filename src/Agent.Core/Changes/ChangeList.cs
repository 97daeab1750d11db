using System.Collections.Immutable;
using Sallyport.Agent.Core.Detection;

namespace Sallyport.Agent.Core.Changes;

/// <summary>Collects what one record tells. Bounded by the record: a message has 16 bytes at least.</summary>
internal sealed class ChangeList
{
    private readonly List<MachineChange> changes = [];

    public IReadOnlyList<MachineChange> Changes => changes;

    /// <summary>Adds a change with those of its facts that are known.</summary>
    public void Add(FindingKind kind, params ReadOnlySpan<(string Name, string? Value)> facts)
    {
        var known = ImmutableDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in facts)
        {
            if (!string.IsNullOrEmpty(value))
            {
                known[name] = value;
            }
        }

        changes.Add(new MachineChange(kind.Id, known.ToImmutable()));
    }
}
