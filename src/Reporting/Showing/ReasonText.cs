using Sallyport.Protocol.Report;

namespace Sallyport.Reporting.Showing;

/// <summary>The kernel's reasons as sentences.</summary>
internal static class ReasonText
{
    /// <summary>True for traffic that is no egress: it is counted, not listed.</summary>
    public static bool IsLocal(string reason) =>
        reason is "loopback" or "own-container" or "resolver" or "reply" or "uplink";

    public static string For(ConnectionDocument connection) =>
        connection.Reason == "name" && IsMismatch(connection)
            ? $"it said {Said(connection)}, but the job had asked for {HostileText.Plain(connection.LeasedName!)}."
            : For(connection.Reason, connection.Rule, connection.RuleOrigin);

    /// <summary>A flow that said another name than the one that its address was learned for.</summary>
    public static bool IsMismatch(ConnectionDocument connection) =>
        connection is { Sni: not null, LeasedName: not null }
        && !string.Equals(connection.Sni, connection.LeasedName, StringComparison.OrdinalIgnoreCase);

    public static string For(string reason, string? rule, string? origin) => reason switch
    {
        "rule" => Decided("allowed by", rule, origin),
        "denied" => Decided("denied by", rule, origin),
        "no-rule" => "no rule allows it.",
        "no-lease" => "the name is allowed, but no answer has leased this address to it.",
        "port" => "the name is allowed, but not this port or protocol.",
        "protocol" => "no rule allows this protocol.",
        "raw-socket" => "a raw socket that speaks TCP or UDP.",
        "packet-socket" => "a packet socket, or one of another family past IP: it would pass by every rule.",
        "rewritten" => "the packet would leave for another address than the one that was judged.",
        "ip-options" => "IP options or a routing header.",
        "inbound" => "a reply to a peer outside the job.",
        "name" => "the name is not allowed here.",
        "no-name" => "it did not say a name, and its address is allowed by name only.",
        "name-malformed" => "its name or its first bytes cannot be read.",
        "question-type" => "questions of this type are not allowed.",
        "question-count" => "a DNS message with other than one question.",
        "fragment" => "a fragment that cannot be judged.",
        "table-full" => "a bounded table was full.",
        "dns-malformed" => "a DNS message that cannot be read.",
        "dns-tcp" => "DNS over TCP to a server that no rule allows and the agent does not answer for.",
        "queue-bypass" => "a socket option that would pass by the uplink's check.",
        "helper" => "a daemon that was there before the job: nothing tells what it does for whoever asks.",
        "name-service" => "a service that looks names up: nobody knows which. In block mode programs ask the resolver themselves.",
        "agent-lost" => "the agent was not running, and the policy says onAgentLoss: deny.",
        "loopback" => "stays on this machine.",
        "own-container" => "between the job's own containers.",
        "resolver" => "the machine's resolver.",
        "reply" => "a reply to a peer of the job.",
        "uplink" => "decided where it leaves.",
        _ => HostileText.Plain(reason) + ".",
    };

    private static string Said(ConnectionDocument connection) =>
        connection.Sni is { Length: > 0 } name ? HostileText.Plain(name) : "no name";

    private static string Decided(string how, string? rule, string? origin) =>
        rule is null
            ? $"{how} a rule."
            : $"{how} {HostileText.Plain(rule)}{(origin is null ? "" : $" ({HostileText.Plain(origin)})")}.";
}
