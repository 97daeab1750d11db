using System.Runtime.InteropServices;

namespace Sallyport.Agent.Kernel;

/// <summary>struct address_key.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct AddressKey
{
    internal uint Prefix;
    internal AddressValue Address;
}
