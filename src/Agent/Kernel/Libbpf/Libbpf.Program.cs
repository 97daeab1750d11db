using System.Runtime.InteropServices;

namespace Sallyport.Agent.Kernel;

internal static unsafe partial class Libbpf
{
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint bpf_object__find_program_by_name(nint bpfObject, string name);

    [LibraryImport(Library)]
    internal static partial int bpf_program__fd(nint program);

    [LibraryImport(Library)]
    internal static partial int bpf_program__set_autoload(nint program, byte autoload);

    [LibraryImport(Library)]
    internal static partial byte bpf_program__autoload(nint program);

    /// <summary>Without the ? of those that are not loaded by themselves; ends with the object.</summary>
    [LibraryImport(Library)]
    internal static partial nint bpf_program__section_name(nint program);

    [LibraryImport(Library)]
    internal static partial int bpf_program__set_type(nint program, int type);

    /// <summary>As they stand, those of its functions behind its own; they end with the object.</summary>
    [LibraryImport(Library)]
    internal static partial BpfInstruction* bpf_program__insns(nint program);

    [LibraryImport(Library)]
    internal static partial nuint bpf_program__insn_cnt(nint program);

    /// <summary>Copies them. Only while the program is prepared for loading.</summary>
    [LibraryImport(Library)]
    internal static partial int bpf_program__set_insns(nint program, BpfInstruction* instructions, nuint count);

    /// <summary>To what it was loaded for, a tracepoint or a hook of BPF LSM; a bpf_link, or 0 with errno.</summary>
    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint bpf_program__attach_trace(nint program);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint bpf_program__attach_raw_tracepoint(nint program, string name);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint bpf_program__attach_cgroup(nint program, int cgroupFd);
}
