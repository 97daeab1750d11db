using System.Runtime.InteropServices;

namespace Sallyport.Agent.Kernel;

internal static unsafe partial class Libbpf
{
    [LibraryImport(Library)]
    internal static partial int bpf_link__destroy(nint link);

    [LibraryImport(Library)]
    internal static partial int bpf_link__fd(nint link);

    /// <summary>BPF_LINK_CREATE; for TCX the target is a device's index. A descriptor, or a negative errno.</summary>
    [LibraryImport(Library)]
    internal static partial int bpf_link_create(int programFd, int target, int attachType, nint options);

    /// <summary>BPF_OBJ_GET_INFO_BY_FD into a struct bpf_link_info. 0, or a negative errno.</summary>
    [LibraryImport(Library)]
    internal static partial int bpf_obj_get_info_by_fd(int descriptor, void* information, uint* bytes);

    /// <summary>BPF_OBJ_PIN: a name in a BPF file system holds the object. 0, or a negative errno.</summary>
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int bpf_obj_pin(int descriptor, string path);

    [LibraryImport(Library)]
    internal static partial int bpf_tc_hook_create(TcHook* hook);

    [LibraryImport(Library)]
    internal static partial int bpf_tc_attach(TcHook* hook, TcOptions* options);

    /// <summary>By handle and priority; fills in the program's number.</summary>
    [LibraryImport(Library)]
    internal static partial int bpf_tc_query(TcHook* hook, TcOptions* options);

    [LibraryImport(Library)]
    internal static partial int bpf_tc_detach(TcHook* hook, TcOptions* options);
}
