using System.Runtime.InteropServices;

namespace Sallyport.Agent.Kernel;

/// <summary>struct redirect: who asked which resolver over TCP.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct RedirectValue
{
    /// <summary>Zero when it is not known: an outer run had led the connection on already.</summary>
    internal AddressValue Resolver;

    internal ulong Process;
    internal ulong Cgroup;
    internal uint Pid;
    internal uint Execution;
    internal byte StepPolicy;
    internal byte ExePolicy;
    private readonly ushort padding1;
    private readonly uint padding2;
}
