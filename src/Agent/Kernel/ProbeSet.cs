using Sallyport.Agent.Host;

namespace Sallyport.Agent.Kernel;

/// <summary>Which programs this kernel takes, and where each is attached.</summary>
internal static class ProbeSet
{
    /// <summary>cgroup/connect_unix (6.7).</summary>
    internal const string UnixConnect = "on_connect_unix";

    /// <summary>Questions to a resolver on loopback, and its answers.</summary>
    internal const string Loopback = "on_loopback_egress";

    /// <summary>Which sockets are no such resolver: bound to its port after the start.</summary>
    internal static readonly string[] StubServers = ["on_bind4", "on_bind6"];
    private static readonly KernelVersion HasUnixConnect = new(6, 7);
    private static readonly KernelVersion HasGuards = new(6, 7);
    private static readonly KernelVersion HasNamespaceRefusal = new(6, 1); // userns_create
    private static readonly KernelVersion HasSends = new(6, 3); // sock_send_length
    private static readonly KernelVersion HasQueueing = new(6, 16); // tcp_sendmsg_locked

    internal static readonly string[] Tracing =
        ["on_fork", "on_exec", "on_exit", "on_cgroup_made", "on_cgroup_removed", "on_cgroup_attach", "on_state",
            "on_device_up"];

    /// <summary>See every system call: only where they are wanted.</summary>
    private static readonly string[] Guards = ["on_call", "on_return", "on_ring_submit", "on_ring_file", "on_ring_opened"];

    /// <summary>Refuse memory of others, beside the guards or in their place.</summary>
    private const string MemoryRefusal = "on_file_open";

    /// <summary>userns_create.</summary>
    private const string NamespaceRefusal = "on_user_namespace";

    /// <summary>Refuse by BPF LSM, where it is in use; the guards alone need the first.</summary>
    private static readonly string[] Refusals =
    [
        MemoryRefusal, "on_ptrace_access", "on_kill", "on_file_signal", "on_limit", "on_bpf", "on_socket_create", NamespaceRefusal,
    ];

    /// <summary>Who sends on sockets that others made, where the kernel has them: each with its first version.</summary>
    private static readonly (string Program, KernelVersion Since)[] Sends = [("on_sent", HasSends), ("on_queued", HasQueueing)];

    /// <summary>In an order that never lets a socket be judged without its mark.</summary>
    internal static readonly string[] Cgroup =
    [
        "on_socket", "on_release", "on_egress", "on_ingress", "on_connect4", "on_connect6", "on_sendmsg4", "on_sendmsg6",
        "on_getpeername4", "on_getpeername6", "on_setsockopt",
    ];

    /// <summary>The verifier of 6.1 refuses <c>on_call</c>; between that and 6.18 nobody has tried.</summary>
    internal static bool TakesGuards(KernelVersion kernel) => kernel >= HasGuards;

    /// <summary>Attached with the others of <see cref="Tracing"/>, on this kernel.</summary>
    internal static IEnumerable<string> SendsOn(KernelVersion kernel) =>
        Sends.Where(one => kernel >= one.Since).Select(one => one.Program);

    /// <summary>Attached with BPF LSM on this kernel.</summary>
    /// <param name="kernel">Of this machine.</param>
    /// <param name="guards">Memory is looked after.</param>
    internal static IEnumerable<string> RefusalsOn(KernelVersion kernel, bool guards) =>
        Refusals.Where(one => one switch
        {
            MemoryRefusal => guards,
            NamespaceRefusal => RefusesNamespaces(kernel),
            _ => true,
        });

    internal static bool RefusesNamespaces(KernelVersion kernel) => kernel >= HasNamespaceRefusal;

    internal static bool SeesUnixConnects(KernelVersion kernel) => kernel >= HasUnixConnect;

    /// <param name="loaded">Not loaded yet.</param>
    /// <param name="kernel">Of this machine.</param>
    /// <param name="hasStub">A resolver answers on loopback, and is judged there.</param>
    /// <param name="guards">Memory and kernel programs are looked after.</param>
    /// <param name="refusals">BPF LSM is in use.</param>
    internal static void Fit(KernelObject loaded, KernelVersion kernel, bool hasStub, bool guards, bool refusals = false)
    {
        foreach (var program in refusals ? RefusalsOn(kernel, guards) : [])
        {
            loaded.TakeIn(program);
            loaded.HasRefusals = true;
        }

        foreach (var program in guards && TakesGuards(kernel) ? Guards : [])
        {
            loaded.TakeIn(program);
        }

        foreach (var program in SendsOn(kernel))
        {
            loaded.TakeIn(program);
        }

        foreach (var program in hasStub ? [] : (string[])[Loopback, .. StubServers])
        {
            loaded.LeaveOut(program);
        }

        if (SeesUnixConnects(kernel))
        {
            loaded.TakeIn(UnixConnect);
        }
    }
}
