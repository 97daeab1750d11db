namespace Sallyport.Agent.Host;

/// <summary>Something of the BPF subsystem that the kernel side uses.</summary>
/// <param name="Name">For a person.</param>
/// <param name="Kind">What is probed.</param>
/// <param name="Number">Of enum bpf_prog_type or bpf_map_type, or of the helper.</param>
/// <param name="Use">What the agent does with it.</param>
internal sealed record KernelFeature(string Name, KernelFeatureKind Kind, int Number, string Use)
{
    private const int CgroupSkb = 8;

    internal static readonly KernelFeature[] Used =
    [
        new("cgroup connect and sendmsg", KernelFeatureKind.Program, 18, "verdicts before anything leaves"),
        new("cgroup packets", KernelFeatureKind.Program, CgroupSkb, "the net behind them, DNS, names of flows"),
        new("cgroup sockets", KernelFeatureKind.Program, 9, "attribution of sockets"),
        new("cgroup socket options", KernelFeatureKind.Program, 25, "options that would pass by a hook"),
        new("traffic control", KernelFeatureKind.Program, 3, "the last word at the uplink, AF_PACKET"),
        new("ring buffer", KernelFeatureKind.Map, 27, "records"),
        new("LPM trie", KernelFeatureKind.Map, 11, "names and addresses of the policy"),
        new("socket storage", KernelFeatureKind.Map, 24, "the verdict on its socket"),
        new("bpf_loop", KernelFeatureKind.Helper, 181, "reading DNS messages"),
    ];

    /// <summary>Null when it is there, else why not.</summary>
    internal string? Lack()
    {
        var result = Kind switch
        {
            KernelFeatureKind.Program => Interop.BpfProbe.libbpf_probe_bpf_prog_type(Number, 0),
            KernelFeatureKind.Map => Interop.BpfProbe.libbpf_probe_bpf_map_type(Number, 0),
            _ => Interop.BpfProbe.libbpf_probe_bpf_helper(CgroupSkb, Number, 0),
        };
        return result switch
        {
            1 => null,
            0 => "this kernel does not have it",
            _ => $"it cannot be tried: {Errno.Describe(-result)}",
        };
    }
}
