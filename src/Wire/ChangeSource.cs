namespace Sallyport.Wire;

/// <summary><c>enum sp_change_source</c>: what a change was made by, which says how its bytes are read.</summary>
public enum ChangeSource : ushort
{
    /// <summary>Messages of rtnetlink(7).</summary>
    Route = 1,

    /// <summary>Messages of nf_tables.</summary>
    Netfilter = 2,

    /// <summary>Messages of NETLINK_XFRM.</summary>
    Xfrm = 3,

    /// <summary>Start of <c>struct ipt_replace</c>, IPv4: iptables as it was before nf_tables.</summary>
    Table4 = 4,

    /// <summary>The same, IPv6.</summary>
    Table6 = 5,

    /// <summary>By the agent: path, NUL, what is new in it.</summary>
    File = 6,

    /// <summary>By the agent: path of a resolver's program that ended.</summary>
    Service = 7,

    /// <summary>By the agent: a request for a container was refused; what it would have had, NUL, its image.</summary>
    Container = 8,
}
