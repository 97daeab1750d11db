using System.Runtime.InteropServices;

namespace Sallyport.Agent.Kernel;

/// <summary>struct bpf_tc_hook of libbpf.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct TcHook
{
    internal nuint Size;
    internal int Device;

    /// <summary>1 ingress, 2 egress.</summary>
    internal int Point;
    internal uint Parent;
    private readonly uint padding;
}
