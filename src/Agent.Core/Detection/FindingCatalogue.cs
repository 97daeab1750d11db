using System.Collections.Immutable;

namespace Sallyport.Agent.Core.Detection;

/// <summary>Every kind of finding; docs/detections.md is made from it.</summary>
public static class FindingCatalogue
{
    /// <summary><c>dns-many-names</c>.</summary>
    public static FindingKind ManyNames { get; } = new(
        "dns-many-names",
        "Very many different names below one zone were asked for.",
        "medium",
        "Whoever answers for a zone reads the names that are asked below it: labels carry data out, past any "
        + "policy that allows the wildcard. Counted for each wildcard of the policy, and for each zone that no rule names, as its one "
        + "owner has it: one label below a public suffix. Not counted: zones where a cloud answers for all of its customers "
        + "(`amazonaws.com`), and those that no one outside answers for (`local`, `internal`).",
        "Look at the latest name and the process. Replace the wildcard by the names that the job needs. In block mode no question "
        + "for a zone without a rule leaves.")
    {
        Evidence =
        [
            ("rule", "the wildcard, as the policy says it"),
            ("zone", "where no rule names it"),
            ("names", "how many were asked for when it was raised"),
            ("latest", "the last one"),
        ],
    };

    /// <summary><c>observation-lost</c>.</summary>
    public static FindingKind ObservationLost { get; } = new(
        "observation-lost",
        "The agent did not run for a while.",
        "high",
        "It was stopped (SIGSTOP), its cgroup was frozen, or it got no processor for three seconds and more. The kernel's verdicts "
        + "went on; what happened meanwhile waits in the rings, and what did not fit there is counted as lost. Or it was killed, and another "
        + "took over under the same policy: the evidence names the report on what the first one saw.",
        "Look at what ran as root then. On a machine that is merely overloaded, give it more processors. With `onAgentLoss: deny` "
        + "in the policy nothing new leaves while the agent does not run.")
    {
        Evidence =
        [
            ("seconds", "for how long nobody looked"),
            ("report", "folder of the report on what an agent saw that was killed"),
        ],
    };

    /// <summary><c>service-stopped</c>.</summary>
    public static FindingKind ServiceStopped { get; } = new(
        "service-stopped",
        "The service that covers the jobs of this machine was stopped.",
        "high",
        "While this job ran, `sallyport agent` ended and did not come back. This job was judged and watched on by the process that it has of its "
        + "own; jobs that begin later on this machine are not protected, and steps that ask for a report get none. The evidence says "
        + "whether its unit was masked.",
        "Look at what ran as root then: systemd does it on a step's word and does not say whose. Start the service (`systemctl unmask "
        + "sallyport; systemctl start sallyport`), or give the machine up.")
    {
        Evidence = [("masked", "`true`: its unit does not start at the next boot either")],
    };

    /// <summary><c>enforcement-overridden</c>.</summary>
    public static FindingKind EnforcementOverridden { get; } = new(
        "enforcement-overridden",
        "Enforcement was switched off for this job by the machine's owner.",
        "high",
        "`sallyport override --reason …`, by root and from outside of every job; or an override that was signed on the machine's server, where "
        + "agent.yml has its key (`overrideKey`). From then on the job is audited: what the policy does not "
        + "allow is reported and let through, but for its `deny`. The evidence has the reason, by whom, and of the server's until when: after that, "
        + "or once it was revoked, the policy holds again.",
        "Look at what left after it. If nobody of yours has done it, treat the machine as somebody else's.")
    {
        Evidence =
        [
            ("reason", "as it was given"),
            ("before", "mode until then, `audit` or `block`"),
            ("by", "`root`, or who signed it on the server"),
            ("until", "when it ends (UTC); with the job where it is missing"),
        ],
    };

    /// <summary><c>nat-rule-added</c>.</summary>
    public static FindingKind NatRuleAdded { get; } = new(
        "nat-rule-added",
        "An address translation rule was added.",
        "high",
        "The rule sends packets to another address than the one that the program named. Verdicts are given "
        + "on the packet as it leaves, so a destination that no rule allows is refused all the same. Seen: "
        + "nf_tables, iptables on top of it, iptables before it.",
        "A build has no use for it. Find out what the process is; a container runtime that the job starts "
        + "itself does this for its containers.")
    {
        Evidence = FindingEvidence.Firewall,
    };

    /// <summary><c>firewall-changed</c>.</summary>
    public static FindingKind FirewallChanged { get; } = new(
        "firewall-changed",
        "A rule of the packet filter was added or changed.",
        "medium",
        "Packets of everybody on the machine may be dropped, marked or let through by it. It comes after our "
        + "verdicts and cannot widen them.",
        "Find out what the process is; a container runtime or a firewall that the job sets up itself does "
        + "this.")
    {
        Evidence = FindingEvidence.Firewall,
    };

    /// <summary><c>firewall-flushed</c>.</summary>
    public static FindingKind FirewallFlushed { get; } = new(
        "firewall-flushed",
        "Rules of the packet filter were removed.",
        "high",
        "Somebody else may rely on them. Our verdicts do not: they are no rules of the packet filter.",
        "Find out what the process is, and whether the machine still has the rules that it should have.")
    {
        Evidence = FindingEvidence.Firewall,
    };

    /// <summary><c>route-added</c>.</summary>
    public static FindingKind RouteAdded { get; } = new(
        "route-added",
        "A route was added.",
        "medium",
        "Packets take another way, perhaps through a device of the job. The verdict is given at whichever "
        + "device they leave by.",
        "Find out what the process is. A VPN client does this; run it before the job.")
    {
        Evidence =
        [
            ("destination", "block, or `default`"),
            ("via", "gateway"),
            ("device", "number of the device"),
            ("table", "number of the routing table"),
            ("what", "`next hop`: one was made that routes can name"),
        ],
    };

    /// <summary><c>routing-rule-changed</c>.</summary>
    public static FindingKind RoutingRuleChanged { get; } = new(
        "routing-rule-changed",
        "A rule that chooses the routing table was added or removed.",
        "medium",
        "As with a route: packets take another way.",
        "As for route-added.")
    {
        Evidence =
        [
            ("what", "`added` or `removed`"),
            ("to", "destinations that it is for"),
            ("from", "senders that it is for"),
            ("table", "number of the routing table"),
            ("priority", "of the rule"),
        ],
    };

    /// <summary><c>device-created</c>.</summary>
    public static FindingKind DeviceCreated { get; } = new(
        "device-created",
        "A network device was created.",
        "low",
        "New devices are watched like the others. A pair of devices into a namespace of the job is an "
        + "ordinary tool of tests.",
        "Nothing, when the job is known to make namespaces or bridges.")
    {
        Evidence = FindingEvidence.Device,
    };

    /// <summary><c>tunnel-created</c>.</summary>
    public static FindingKind TunnelCreated { get; } = new(
        "tunnel-created",
        "A tunnel was created.",
        "high",
        "Packets travel inside others, where their destination cannot be read. The outer packet is judged "
        + "like any other.",
        "A VPN or an overlay network inside a job deserves a reason. Run it before the job, and allow its "
        + "far end.")
    {
        Evidence = FindingEvidence.Device,
    };

    /// <summary><c>address-added</c>.</summary>
    public static FindingKind AddressAdded { get; } = new(
        "address-added",
        "An address was given to a network device.",
        "medium",
        "Whoever owns an address on this machine answers for it: also for a resolver’s, if that is the "
        + "address. Answers from an address of the machine itself lease nothing.",
        "Find out what the process is, and whether the address belongs to somebody else.")
    {
        Evidence = [("address", "with the length of its prefix"), ("device", "number of the device")],
    };

    /// <summary><c>traffic-filter-added</c>.</summary>
    public static FindingKind TrafficFilterAdded { get; } = new(
        "traffic-filter-added",
        "A filter or a queueing discipline of traffic control was added to a network device.",
        "high",
        "Filters can rewrite, copy or redirect packets on a device, after or before our own program there.",
        "A build has no use for it; a test of bad networks (netem) has. Find out what the process is.")
    {
        Evidence = FindingEvidence.TrafficControl,
    };

    /// <summary><c>traffic-filter-removed</c>.</summary>
    public static FindingKind TrafficFilterRemoved { get; } = new(
        "traffic-filter-removed",
        "A filter or a queueing discipline of traffic control was removed from a network device.",
        "high",
        "Before Linux 6.6 our own program stands there as such a filter.",
        "Find out what the process is, and see whether the report says that something was degraded.")
    {
        Evidence = FindingEvidence.TrafficControl,
    };

    /// <summary><c>ipsec-policy-added</c>.</summary>
    public static FindingKind IpsecChanged { get; } = new(
        "ipsec-policy-added",
        "An IPsec policy or state was added.",
        "high",
        "Packets that match are encrypted and sent to another machine. The outer packet is judged like any "
        + "other.",
        "A VPN inside a job deserves a reason. Run it before the job, and allow its far end.")
    {
        Evidence = [("what", "`policy` or `state`"), ("destination", "that it is for")],
    };

    /// <summary><c>resolver-changed</c>.</summary>
    public static FindingKind ResolverChanged { get; } = new(
        "resolver-changed",
        "The resolvers of the machine (/etc/resolv.conf) were changed.",
        "high",
        "Other resolvers may give other answers. Resolvers are fixed at the start of the job: questions to a "
        + "new one are judged like any other packet, and its answers lease nothing.",
        "With a process: find out what it is. Without one: the machine itself has changed its network, and "
        + "names may fail until the next job.")
    {
        Evidence = FindingEvidence.NameFile,
    };

    /// <summary><c>hosts-changed</c>.</summary>
    public static FindingKind HostsChanged { get; } = new(
        "hosts-changed",
        "/etc/hosts was changed.",
        "medium",
        "A name means another address from here on. Names of this file count as it was at the start: a later "
        + "line leases nothing.",
        "Find out what the process is. If the job needs the line, write it before the job.")
    {
        Evidence = FindingEvidence.NameFile,
    };

    /// <summary><c>name-switch-changed</c>.</summary>
    public static FindingKind NameSwitchChanged { get; } = new(
        "name-switch-changed",
        "/etc/nsswitch.conf was changed.",
        "high",
        "It says by which module every program on the machine looks up names, users and groups.",
        "Find out what the process is.")
    {
        Evidence = FindingEvidence.NameFile,
    };

    /// <summary><c>resolver-stopped</c>.</summary>
    public static FindingKind ResolverStopped { get; } = new(
        "resolver-stopped",
        "A resolver of the machine was stopped.",
        "medium",
        "Names fail, or are asked elsewhere. Questions elsewhere are judged like any other packet.",
        "See whether the job stopped it (systemctl stop is carried out by systemd, so no process is named).")
    {
        Evidence = [("program", "of the resolver")],
    };

    /// <summary><c>source-tampered</c>.</summary>
    public static FindingKind SourceTampered { get; } = new(
        "source-tampered",
        "A file that git tracks was changed by a program other than git.",
        "high",
        "What is compiled is then not what was reviewed. Seen however it is written (renamed over, by a hard link, a map, a "
        + "container's volume, a descriptor opened earlier), and also when the content is put back before the job ends. git's own "
        + "work, files that git does not track and the removal of a file are no finding. Reported once per file and process.",
        "Compare the two ids and the lines shown: `git cat-file blob <before>`. A formatter or a generator that writes tracked files "
        + "does this too: name it in the policy (`files: { tools: [/usr/bin/clang-format] }`), or let it write elsewhere.")
    {
        Evidence =
        [
            ("file", "path, or that there are very many more"),
            ("how", "what was done: `written`, `renamed`, `replaced` …"),
            ("before", "git’s id of what git last put there"),
            ("after", "git’s id of what was there after it"),
            ("putBack", "it was as before when it was looked at again"),
            ("difference", "a few lines of what is different, masked"),
        ],
    };

    /// <summary>All of them, in the order of the manual.</summary>
    public static ImmutableArray<FindingKind> All { get; } =
    [
        ManyNames, ObservationLost, ServiceStopped, EnforcementOverridden, NatRuleAdded, FirewallChanged, FirewallFlushed, RouteAdded,
        RoutingRuleChanged, DeviceCreated, TunnelCreated, AddressAdded, TrafficFilterAdded,
        TrafficFilterRemoved, IpsecChanged, ResolverChanged, HostsChanged, NameSwitchChanged,
        ResolverStopped, SourceTampered,
        .. ProcessFindings.All, .. RootFindings.All, .. SupplyFindings.All, .. EnvironmentFindings.All,
    ];

    /// <summary>The kind with an id; null when there is none.</summary>
    public static FindingKind? Find(string id) => All.FirstOrDefault(kind => kind.Id == id);
}
