using System.Runtime.InteropServices;

namespace Sallyport.Agent.Kernel;

/// <summary>struct name_entry.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NameValue
{
    internal RuleSetValue Rules;
    internal uint AskOnly;
    private readonly uint padding;
}
