using System.Runtime.InteropServices;

namespace Sallyport.Agent.Kernel;

/// <summary>struct cgroup_tag.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct CgroupTag
{
    /// <summary>Cgroup id of the container's outermost folder; 0 = the job's own.</summary>
    internal ulong Container;
    internal uint Execution;
    private readonly uint own; // the kernel's alone
}
