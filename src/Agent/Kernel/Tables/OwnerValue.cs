using System.Runtime.InteropServices;
using Sallyport.Agent.Enforcement.DockerSocket;

namespace Sallyport.Agent.Kernel;

/// <summary>struct container_owner.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct OwnerValue
{
    /// <summary>One of several may have asked.</summary>
    internal const uint Inferred = 1;

    internal ulong Process;
    internal uint Execution;
    internal uint Flags;

    internal static OwnerValue Of(ContainerOwner owner) => new()
    {
        Process = owner.Process,
        Execution = owner.Execution,
        Flags = owner.IsInferred ? Inferred : 0,
    };
}
