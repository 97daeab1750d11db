using System.Runtime.CompilerServices;

namespace Sallyport.Agent.Kernel;

/// <summary>The name of a name_key.</summary>
[InlineArray(Length)]
internal struct NameBytes
{
    internal const int Length = 256;

    private byte first;
}
