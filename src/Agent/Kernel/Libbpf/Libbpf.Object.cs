using System.Runtime.InteropServices;

namespace Sallyport.Agent.Kernel;

/// <summary>libbpf 1.1 and later (bpf/libbpf.h, bpf/bpf.h). Functions that give an int give a negative errno.</summary>
internal static unsafe partial class Libbpf
{
    private const string Library = "bpf";

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint bpf_object__open_mem(byte* image, nuint size, bpf_object_open_opts* options);

    /// <summary>The types of the programs, or null.</summary>
    [LibraryImport(Library)]
    internal static partial nint bpf_object__btf(nint bpfObject);

    /// <summary>As they stand in the object; they end with it.</summary>
    [LibraryImport(Library)]
    internal static partial byte* btf__raw_data(nint btf, out uint size);

    [LibraryImport(Library)]
    internal static partial int bpf_object__load(nint bpfObject);

    [LibraryImport(Library)]
    internal static partial void bpf_object__close(nint bpfObject);

    /// <summary>Null ends all output; otherwise int (level, format, va_list).</summary>
    [LibraryImport(Library)]
    internal static partial nint libbpf_set_print(delegate* unmanaged[Cdecl]<int, byte*, void*, int> print);

    /// <summary>The program behind this one, the first behind 0; 0 behind the last.</summary>
    [LibraryImport(Library)]
    internal static partial nint bpf_object__next_program(nint bpfObject, nint program);

    /// <summary>Who looks after programs in sections of that name, for this process. A handler's number.</summary>
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int libbpf_register_prog_handler(
        string section, int programType, int attachType, libbpf_prog_handler_opts* options);

    /// <summary>struct libbpf_prog_handler_opts up to the last field that is used here.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 32)]
    internal struct libbpf_prog_handler_opts
    {
        [FieldOffset(0)]
        internal nuint sz;

        /// <summary>Is the last argument of each function.</summary>
        [FieldOffset(8)]
        internal nint cookie;

        /// <summary>int (program, options, cookie), when all else of the program is ready.</summary>
        [FieldOffset(24)]
        internal delegate* unmanaged[Cdecl]<nint, bpf_prog_load_opts*, nint, int> prog_prepare_load_fn;
    }

    /// <summary>struct bpf_prog_load_opts, the fields that are used here.</summary>
    [StructLayout(LayoutKind.Explicit)]
    internal struct bpf_prog_load_opts
    {
        [FieldOffset(32)]
        internal uint attach_btf_id;
    }

    /// <summary>struct bpf_object_open_opts up to the last field that is used here; <c>sz</c> says how long it is.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 56)]
    internal struct bpf_object_open_opts
    {
        [FieldOffset(0)]
        internal nuint sz;

        [FieldOffset(48)]
        internal byte* btf_custom_path;
    }
}
