using System.Runtime.InteropServices;

namespace Sallyport.Agent.Kernel;

/// <summary>struct job.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct JobValue
{
    internal ulong NextProcess;
    internal uint NextExecution;
    private readonly uint padding;
}
