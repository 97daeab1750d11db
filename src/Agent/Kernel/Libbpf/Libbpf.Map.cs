using System.Runtime.InteropServices;

namespace Sallyport.Agent.Kernel;

internal static unsafe partial class Libbpf
{
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint bpf_object__find_map_by_name(nint bpfObject, string name);

    [LibraryImport(Library)]
    internal static partial int bpf_map__fd(nint map);

    [LibraryImport(Library)]
    internal static partial uint bpf_map__max_entries(nint map);

    [LibraryImport(Library)]
    internal static partial int bpf_map__set_max_entries(nint map, uint entries);

    [LibraryImport(Library)]
    internal static partial int bpf_map__set_initial_value(nint map, void* data, nuint size);

    [LibraryImport(Library)]
    internal static partial int bpf_map_update_elem(int mapFd, void* key, void* value, ulong flags);

    [LibraryImport(Library)]
    internal static partial int bpf_map_lookup_elem(int mapFd, void* key, void* value);

    [LibraryImport(Library)]
    internal static partial int bpf_map_delete_elem(int mapFd, void* key);

    /// <summary>CPUs that could be there: the length of a per-CPU value.</summary>
    [LibraryImport(Library)]
    internal static partial int libbpf_num_possible_cpus();
}
