using System.Globalization;
using Sallyport.Protocol.Recording;
using Sallyport.Wire;

namespace Sallyport.Agent.Core.Correlation;

/// <summary>
/// The kernel's numbers as the words of the documents. A number that this version does not know is written as such: a
/// refusal is never dropped for want of a word.
/// </summary>
internal static class KernelWords
{
    private const ushort Tcp = 6;
    private const ushort Udp = 17;
    private const ushort Icmp = 1;
    private const ushort IcmpV6 = 58;
    private const ushort Dccp = 33;
    private const ushort Sctp = 132;
    private const ushort UdpLite = 136;

    public static string Of(KernelReason reason) => reason switch
    {
        KernelReason.Rule => "rule",
        KernelReason.Loopback => "loopback",
        KernelReason.OwnContainer => "own-container",
        KernelReason.Resolver => "resolver",
        KernelReason.Reply => "reply",
        KernelReason.Uplink => "uplink",
        KernelReason.NoRule => "no-rule",
        KernelReason.NoLease => "no-lease",
        KernelReason.Port => "port",
        KernelReason.Denied => "denied",
        KernelReason.Protocol => "protocol",
        KernelReason.RawSocket => "raw-socket",
        KernelReason.PacketSocket => "packet-socket",
        KernelReason.Rewritten => "rewritten",
        KernelReason.IpOptions => "ip-options",
        KernelReason.Inbound => "inbound",
        KernelReason.Name => "name",
        KernelReason.NoName => "no-name",
        KernelReason.NameMalformed => "name-malformed",
        KernelReason.QuestionType => "question-type",
        KernelReason.QuestionCount => "question-count",
        KernelReason.Fragment => "fragment",
        KernelReason.TableFull => "table-full",
        KernelReason.DnsMalformed => "dns-malformed",
        KernelReason.DnsTcp => "dns-tcp",
        KernelReason.QueueBypass => "queue-bypass",
        KernelReason.AgentLost => "agent-lost",
        KernelReason.Helper => "helper",
        _ => Number("reason-", (uint)reason),
    };

    public static string Of(KernelHook hook) => hook switch
    {
        KernelHook.Connect => "connect",
        KernelHook.Sendmsg => "sendmsg",
        KernelHook.Egress => "egress",
        KernelHook.Uplink => "uplink",
        KernelHook.Sockopt => "sockopt",
        KernelHook.Resolver => "resolver",
        KernelHook.Creation => "creation",
        _ => Number("hook-", (uint)hook),
    };

    public static string Of(KernelLoss loss) => loss switch
    {
        KernelLoss.EventRing => "event-ring",
        KernelLoss.AlertRing => "alert-ring",
        KernelLoss.TaskTable => "task-table",
        KernelLoss.LeaseTable => "lease-table",
        KernelLoss.QueryTable => "query-table",
        KernelLoss.SocketStorage => "socket-storage",
        KernelLoss.PeerTable => "peer-table",
        KernelLoss.CgroupTable => "cgroup-table",
        KernelLoss.Arguments => "arguments",
        KernelLoss.DeviceTable => "device-table",
        KernelLoss.DevicePrograms => "device-programs",
        KernelLoss.RedirectTable => "redirect-table",
        KernelLoss.JobDevices => "job-devices",
        KernelLoss.NetworkTable => "network-table",
        KernelLoss.RefusedSockets => "refused-sockets",
        KernelLoss.ContainerNames => "container-names",
        KernelLoss.ExecutableHashes => "executable-hashes",
        _ => Number("loss-", (uint)loss),
    };

    public static string? Of(NameSource source) => source switch
    {
        0 => null,
        NameSource.Sni => "sni",
        NameSource.HttpHost => "http-host",
        NameSource.HttpConnect => "http-connect",
        _ => Number("source-", (uint)source),
    };

    /// <summary>The decoder lets no other verdict pass.</summary>
    public static RecordedVerdict Of(KernelVerdict verdict) => verdict switch
    {
        KernelVerdict.Allowed => RecordedVerdict.Allowed,
        KernelVerdict.Observed => RecordedVerdict.Observed,
        _ => RecordedVerdict.Refused,
    };

    /// <summary>An IPPROTO number.</summary>
    public static string Protocol(ushort number) => number switch
    {
        Tcp => "tcp",
        Udp => "udp",
        Icmp or IcmpV6 => "icmp",
        _ => Number("ip-", number),
    };

    /// <summary>True for protocols whose third number is a port, and not a type or nothing.</summary>
    public static bool HasPorts(ushort protocol) => protocol is Tcp or Udp or Dccp or Sctp or UdpLite;

    public static int? Rule(ushort rule) => rule == WireLimits.NoRule ? null : rule;

    private static string Number(string word, uint number) => word + number.ToString(CultureInfo.InvariantCulture);
}
