using System.Collections.Immutable;

namespace Sallyport.Agent.Commands;

/// <summary>What <c>doctor --json</c> prints.</summary>
/// <param name="Kernel"><c>uname -r</c>.</param>
/// <param name="Architecture"><c>uname -m</c>.</param>
/// <param name="CanObserve">Audit mode works.</param>
/// <param name="CanEnforce">Block mode works.</param>
/// <param name="Checks">Each with its reason.</param>
/// <param name="Resolvers">Addresses of /etc/resolv.conf.</param>
/// <param name="ContainerRuntimes">Name and socket of each.</param>
internal sealed record DoctorDocument(
    string Kernel,
    string Architecture,
    bool CanObserve,
    bool CanEnforce,
    ImmutableArray<MachineCheck> Checks,
    ImmutableArray<string> Resolvers,
    ImmutableArray<string> ContainerRuntimes);
