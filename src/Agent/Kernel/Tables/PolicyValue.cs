using System.Runtime.InteropServices;

namespace Sallyport.Agent.Kernel;

/// <summary>struct policy.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PolicyValue
{
    internal RuleSetValue Allow;
    internal uint Mode;
    private readonly uint padding;
}
