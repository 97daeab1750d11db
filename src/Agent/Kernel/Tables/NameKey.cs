using System.Runtime.InteropServices;

namespace Sallyport.Agent.Kernel;

/// <summary>struct name_key: the name reversed, so that a zone is a prefix.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NameKey
{
    internal uint Prefix;
    internal NameBytes Name;
}
