using System.Runtime.InteropServices;

namespace Sallyport.Agent.Kernel;

/// <summary>struct port_key: the port in network order, so that a prefix is a range.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PortKey
{
    internal uint Prefix;
    internal byte Protocol;
    private readonly byte zero;
    internal ushort Port;
}
