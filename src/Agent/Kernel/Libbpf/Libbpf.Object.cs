using System.Runtime.InteropServices;

namespace Sallyport.Agent.Kernel;

/// <summary>libbpf 1.1 and later (bpf/libbpf.h, bpf/bpf.h). Functions that give an int give a negative errno.</summary>
internal static unsafe partial class Libbpf
{
    private const string Library = "bpf";

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint bpf_object__open_mem(byte* image, nuint size, nint options);

    [LibraryImport(Library)]
    internal static partial int bpf_object__load(nint bpfObject);

    [LibraryImport(Library)]
    internal static partial void bpf_object__close(nint bpfObject);

    /// <summary>Null ends all output; otherwise int (level, format, va_list).</summary>
    [LibraryImport(Library)]
    internal static partial nint libbpf_set_print(delegate* unmanaged[Cdecl]<int, byte*, void*, int> print);
}
