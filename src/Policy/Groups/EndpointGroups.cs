using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Sallyport.Policy.Groups;

/// <summary>All groups that a policy may name.</summary>
public static class EndpointGroups
{
    /// <summary>By name.</summary>
    public static ImmutableArray<EndpointGroup> All { get; } =
    [
        GitHubActionsGroup.Full,
        GitHubActionsGroup.Runtime,
        PackageGroups.NuGet,
        PackageGroups.Npm,
        PackageGroups.PyPI,
        PackageGroups.Go,
        PackageGroups.Cargo,
        PackageGroups.Maven,
        DistributionGroups.Debian,
        DistributionGroups.Ubuntu,
        DistributionGroups.DockerHub,
    ];

    private static readonly FrozenDictionary<string, EndpointGroup> ByName = All.ToFrozenDictionary(group => group.Name);

    /// <summary>Finds a group.</summary>
    /// <param name="name">Lower case, without the <c>@</c>.</param>
    /// <param name="group">The group, when true is returned.</param>
    public static bool TryGet(string name, [NotNullWhen(true)] out EndpointGroup? group) =>
        ByName.TryGetValue(name, out group);
}
