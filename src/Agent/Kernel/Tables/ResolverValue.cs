using System.Runtime.InteropServices;

namespace Sallyport.Agent.Kernel;

/// <summary>struct resolver.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ResolverValue
{
    internal uint Device;
    private readonly uint padding;
}
