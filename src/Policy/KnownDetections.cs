using System.Collections.Immutable;

namespace Sallyport.Policy;

/// <summary>
/// Ids of the detectors that this version has, and which of them can prevent. The catalogue of findings is in the agent; a test holds
/// that both say the same. Another version may have more: an id that is not here is no mistake.
/// </summary>
public static class KnownDetections
{
    private static readonly ImmutableSortedSet<string> Preventing = Set(
    [
        "agent-attacked", "agent-object-taken", "core-pattern-changed", "disk-written", "foreign-memory-read", "kernel-memory-read",
        "kernel-module-loaded", "kernel-program-loaded", "memory-guard-evaded", "mining-protocol", "privileged-container",
        "root-gained", "runner-memory-read", "socket-shell", "user-namespace-made",
    ]);

    private static readonly ImmutableSortedSet<string> Telling = Set(
    [
        "address-added", "agent-files-covered", "cloud-metadata-read", "credentials-swept", "device-created", "dns-encoded-name",
        "dns-many-names", "dropped-program-run", "enforcement-overridden", "firewall-changed", "firewall-flushed", "hosts-changed",
        "id-token-requested", "ipsec-policy-added", "later-code-set", "later-search-set", "later-settings-hidden", "later-trust-set",
        "name-switch-changed", "nat-rule-added", "observation-lost", "package-published",
        "process-left-running", "program-removed-itself", "resolver-changed", "resolver-stopped", "rogue-runner", "route-added",
        "routing-rule-changed", "service-stopped", "source-tampered", "sudo-changed", "traffic-filter-added", "traffic-filter-removed",
        "tunnel-created", "unnamed-program",
    ]);

    /// <summary>All of them.</summary>
    public static ImmutableSortedSet<string> All { get; } = Preventing.Union(Telling);

    /// <summary>Whether <c>block</c> means something else than <c>fail</c>; null when this version has no such detector.</summary>
    public static bool? CanBlock(string id) => Preventing.Contains(id) ? true : Telling.Contains(id) ? false : null;

    private static ImmutableSortedSet<string> Set(ReadOnlySpan<string> ids) => ImmutableSortedSet.Create(StringComparer.Ordinal, ids);
}
