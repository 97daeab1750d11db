using System.Runtime.InteropServices;

namespace Sallyport.Agent.Host;

internal static partial class Interop
{
    /// <summary>libbpf's probes (since 0.7): each tries to load a small program or map. 1 yes, 0 no, negative errno.</summary>
    internal static partial class BpfProbe
    {
        [LibraryImport("bpf")]
        internal static partial int libbpf_probe_bpf_prog_type(int type, nint options);

        [LibraryImport("bpf")]
        internal static partial int libbpf_probe_bpf_map_type(int type, nint options);

        [LibraryImport("bpf")]
        internal static partial int libbpf_probe_bpf_helper(int programType, int helper, nint options);
    }
}
