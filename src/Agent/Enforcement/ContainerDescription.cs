using System.Collections.Immutable;

namespace Sallyport.Agent.Enforcement;

/// <summary>What a runtime says of one container.</summary>
/// <param name="Id">64 hexadecimal digits, or the id of a step of a BuildKit build.</param>
/// <param name="Name">As the runtime calls it, or which build it is a step of; null when that is not known.</param>
/// <param name="Image">Reference of its image as it was asked for, or null.</param>
internal sealed record ContainerDescription(string Id, string? Name, string? Image)
{
    /// <summary>Other names by which it is found in its networks.</summary>
    internal ImmutableArray<string> Aliases { get; init; } = [];

    /// <summary>What it has of the machine, in the words of <see cref="ContainerAccess"/>; null for nothing.</summary>
    internal string? HostAccess { get; init; }
}
