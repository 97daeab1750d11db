using System.Collections.Immutable;

namespace Sallyport.Agent.Core.Detection;

/// <summary>Evidence that kinds of findings have in common.</summary>
internal static class FindingEvidence
{
    internal static (string Key, string Meaning) Container { get; } = ("container", "id of the container that it was in");

    internal static ImmutableArray<(string Key, string Meaning)> Device { get; } =
        [("device", "its name"), ("kind", "as the kernel calls it (`veth`, `wireguard` …)")];

    internal static ImmutableArray<(string Key, string Meaning)> Firewall { get; } =
    [
        ("what", "`rule`, `chain`, `table`, `set element`, `flow table`"),
        ("table", "family and name"),
        ("chain", "name"),
        ("type", "of a chain"),
        ("set", "name"),
        ("by", "`iptables (legacy)` for its tables, which are replaced as a whole"),
        ("entries", "in such a table, before and after"),
    ];

    internal static ImmutableArray<(string Key, string Meaning)> LaterSetting { get; } =
    [
        ("variable", "its name; its value is not recorded"),
        ("folder", "that was put before PATH"),
        ("file", "of the runner’s, by its name"),
        ("why", "it could not be read"),
        ("program", "that wrote it"),
        Container,
    ];

    internal static ImmutableArray<(string Key, string Meaning)> Memory { get; } =
    [
        ("call", "how it was done"),
        ("of", "whose it is: `runner-worker`, `runner-listener`, `step` or `other`"),
        ("target", "`pid N`"),
        ("targetProcess", "the same in the recording, for a process of the job’s"),
        ("targetStep", "that it belongs to"),
    ];

    internal static ImmutableArray<(string Key, string Meaning)> NameFile { get; } =
        [("file", "path"), ("new", "lines that are new in it")];

    internal static ImmutableArray<(string Key, string Meaning)> TrafficControl { get; } =
    [
        ("what", "`queueing discipline`, `filter`, `action` or `chain`"),
        ("kind", "as the kernel calls it (`netem`, `bpf` …)"),
        ("device", "number of the device"),
    ];
}
