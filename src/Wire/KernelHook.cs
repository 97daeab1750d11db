namespace Sallyport.Wire;

/// <summary><c>enum sp_hook</c>: where a verdict was given.</summary>
public enum KernelHook : byte
{
    /// <summary>cgroup connect4 and connect6.</summary>
    Connect = 1,

    /// <summary>cgroup sendmsg4 and sendmsg6.</summary>
    Sendmsg = 2,

    /// <summary>cgroup_skb egress.</summary>
    Egress = 3,

    /// <summary>tc egress of a machine's uplink.</summary>
    Uplink = 4,

    /// <summary>cgroup setsockopt.</summary>
    Sockopt = 5,

    /// <summary>The agent's own resolver for DNS over TCP.</summary>
    Resolver = 6,

    /// <summary>BPF LSM, where a socket is made.</summary>
    Creation = 7,
}
