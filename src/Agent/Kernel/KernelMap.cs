using System.Runtime.CompilerServices;

namespace Sallyport.Agent.Kernel;

/// <summary>One table of the kernel side, by its descriptor, which belongs to the object that was loaded.</summary>
internal readonly unsafe struct KernelMap(string name, int descriptor)
{
    private const int E2Big = 7;
    private const int NoSpace = 28;

    internal int Descriptor { get; } = descriptor;

    /// <summary>Writes one entry. A full table is an error: nothing is evicted.</summary>
    internal void Set<TKey, TValue>(in TKey key, in TValue value)
        where TKey : unmanaged
        where TValue : unmanaged
    {
        fixed (TKey* k = &key)
        fixed (TValue* v = &value)
        {
            var result = Libbpf.bpf_map_update_elem(Descriptor, k, v, 0);
            if (result < 0)
            {
                throw new KernelUnavailableException(
                    -result is E2Big or NoSpace
                        ? $"the kernel's table '{name}' is full: the policy has more entries than it holds"
                        : $"the kernel's table '{name}' cannot be written (errno {-result})");
            }
        }
    }

    /// <summary>As <see cref="Set"/>, where a full table is not the caller's mistake: the entry is then missing.</summary>
    internal bool TrySet<TKey, TValue>(in TKey key, in TValue value)
        where TKey : unmanaged
        where TValue : unmanaged
    {
        fixed (TKey* k = &key)
        fixed (TValue* v = &value)
        {
            return Libbpf.bpf_map_update_elem(Descriptor, k, v, 0) == 0;
        }
    }

    /// <summary>Writes an entry that is not there yet (BPF_NOEXIST); false when it is, or the table is full.</summary>
    internal bool TryAdd<TKey, TValue>(in TKey key, in TValue value)
        where TKey : unmanaged
        where TValue : unmanaged
    {
        const ulong NoExist = 1;
        fixed (TKey* k = &key)
        fixed (TValue* v = &value)
        {
            return Libbpf.bpf_map_update_elem(Descriptor, k, v, NoExist) == 0;
        }
    }

    internal bool TryGet<TKey, TValue>(in TKey key, out TValue value)
        where TKey : unmanaged
        where TValue : unmanaged
    {
        Unsafe.SkipInit(out value);
        fixed (TKey* k = &key)
        fixed (TValue* v = &value)
        {
            return Libbpf.bpf_map_lookup_elem(Descriptor, k, v) == 0;
        }
    }

    internal void Remove<TKey>(in TKey key)
        where TKey : unmanaged
    {
        fixed (TKey* k = &key)
        {
            _ = Libbpf.bpf_map_delete_elem(Descriptor, k);
        }
    }
}
