using System.Runtime.InteropServices;

namespace Sallyport.Agent.Kernel;

/// <summary>struct container_key: an id of 64 hexadecimal digits as 32 bytes, or one of the keys that are no id.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ContainerKey
{
    internal ulong Word0;
    internal ulong Word1;
    internal ulong Word2;
    internal ulong Word3;

    /// <summary>There: what has no entry is not the job's.</summary>
    internal static ContainerKey OriginsKnown => Special(0);

    /// <summary>There: who the daemon makes containers for, in a classic build.</summary>
    internal static ContainerKey ClassicBuild => Special(ulong.MaxValue);

    /// <summary>There: the same of BuildKit.</summary>
    internal static ContainerKey BuildKit => Special(ulong.MaxValue - 1);

    internal static ContainerKey Of(string id) => MemoryMarshal.Read<ContainerKey>(Convert.FromHexString(id));

    /// <summary>The key of whoever is about to join that container.</summary>
    internal readonly ContainerKey Turned() =>
        new() { Word0 = ~Word0, Word1 = ~Word1, Word2 = ~Word2, Word3 = ~Word3 };

    private static ContainerKey Special(ulong word) => new() { Word0 = word, Word1 = word, Word2 = word, Word3 = word };
}
