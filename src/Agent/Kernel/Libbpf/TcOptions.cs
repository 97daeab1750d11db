using System.Runtime.InteropServices;

namespace Sallyport.Agent.Kernel;

/// <summary>struct bpf_tc_opts of libbpf.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct TcOptions
{
    internal nuint Size;
    internal int ProgramFd;
    internal uint Flags;
    internal uint ProgramId;
    internal uint Handle;
    internal uint Priority;
    private readonly uint padding;
}
