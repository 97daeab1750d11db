using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Sallyport.Wire;

namespace Sallyport.Agent.Kernel;

/// <summary>
/// What programs name of the kernel by the number of its type: the hooks of <c>tp_btf</c> and <c>lsm</c> sections, and functions
/// (functions.h). libbpf would read all types of the kernel a second time to find these, a tenth of an agent's start; here it is told.
/// </summary>
/// <remarks>
/// It takes handlers of one's own for sections (libbpf_register_prog_handler, libbpf 0.8), for the whole process. Of a program
/// for such a hook it says at once that it needs the types: so it has another type until it is loaded.
/// </remarks>
internal static unsafe class KernelReferences
{
    private const string Tracepoints = "tp_btf/";
    private const string Modules = "lsm/";

    /// <summary>Unknown to libbpf 1.1.</summary>
    private const string UnixConnect = "cgroup/connect_unix";

    // enum bpf_prog_type and enum bpf_attach_type of linux/bpf.h
    private const int RawTracepointProgram = 17;
    private const int SocketAddressProgram = 18;
    private const int TracingProgram = 26;
    private const int ModuleProgram = 29;
    private const int RawTracepoint = 23;
    private const int ModuleHook = 27;
    private const int UnixConnectHook = 49;

    private const int NotFound = -3; // ESRCH, as libbpf has it
    private const int LongestName = 128;

    private static readonly FrozenDictionary<uint, string> Functions = new Dictionary<uint, string>
    {
        [WireLimits.CastToKernCtx] = "bpf_cast_to_kern_ctx",
        [WireLimits.SendSignalTask] = "bpf_send_signal_task",
        [WireLimits.SockAddrSetSunPath] = "bpf_sock_addr_set_sun_path",
    }.ToFrozenDictionary();

    /// <summary>Numbers of types, by name: the same for all programs, for as long as the kernel runs.</summary>
    private static readonly ConcurrentDictionary<string, uint> Found = new(StringComparer.Ordinal);

    private static readonly Lock Registering = new();
    private static bool isRegistered;

    /// <summary>Has to come before an object is opened.</summary>
    /// <exception cref="KernelUnavailableException">libbpf takes no handlers.</exception>
    internal static void Prepare()
    {
        lock (Registering)
        {
            if (isRegistered)
            {
                return;
            }

            Register(Tracepoints, RawTracepointProgram, RawTracepoint, TracingProgram);
            Register(Modules, RawTracepointProgram, ModuleHook, ModuleProgram);
            Register(UnixConnect, SocketAddressProgram, UnixConnectHook, SocketAddressProgram);
            isRegistered = true;
        }
    }

    /// <summary>Looks for what the programs name that are going to be loaded.</summary>
    /// <param name="opened">Not loaded yet.</param>
    /// <param name="kernel">Its types.</param>
    /// <exception cref="KernelUnavailableException">This kernel has no such hook.</exception>
    internal static void Find(nint opened, KernelTypes kernel)
    {
        var hooks = new HashSet<string>(StringComparer.Ordinal);
        for (var program = Next(opened, 0); program != 0; program = Next(opened, program))
        {
            if (Libbpf.bpf_program__autoload(program) != 0 && HookOf(program) is { } hook)
            {
                _ = hooks.Add(hook);
            }
        }

        Find(hooks, kernel);
    }

    /// <param name="hooks">Names of the types that stand for them.</param>
    /// <param name="kernel">Its types.</param>
    /// <exception cref="KernelUnavailableException">This kernel has not got one of them.</exception>
    internal static void Find(IEnumerable<string> hooks, KernelTypes kernel)
    {
        var wanted = new HashSet<string>(hooks.Concat(Functions.Values), StringComparer.Ordinal);
        wanted.ExceptWith(Found.Keys);
        if (wanted.Count == 0)
        {
            return; // another object named them all
        }

        var names = wanted.GetAlternateLookup<ReadOnlySpan<char>>();
        Span<char> text = stackalloc char[LongestName];
        foreach (var type in kernel)
        {
            var name = type.Name;
            if (name.Length <= LongestName && MayBe(type.Kind, name)
                && names.TryGetValue(text[..Encoding.Latin1.GetChars(name, text)], out var known))
            {
                _ = Found.TryAdd(known, (uint)type.Id);
            }
        }

        wanted.ExceptWith(Found.Keys);
        wanted.ExceptWith(Functions.Values);
        if (wanted.Count > 0)
        {
            throw new KernelUnavailableException($"this kernel has no hook of the type '{wanted.First()}'");
        }
    }

    /// <summary>One bit for each of the functions that this kernel has, as programs know them.</summary>
    internal static uint FunctionBits()
    {
        var bits = 0u;
        foreach (var (number, name) in Functions)
        {
            bits |= Found.ContainsKey(name) ? 1u << (int)number : 0;
        }

        return bits;
    }

    private static bool MayBe(BtfKind kind, ReadOnlySpan<byte> name) => kind switch
    {
        BtfKind.Typedef => name.StartsWith("btf_trace_"u8),
        BtfKind.Function => name.StartsWith("bpf_"u8),
        _ => false,
    };

    private static nint Next(nint opened, nint program) => Libbpf.bpf_object__next_program(opened, program);

    /// <summary>The type that stands for what a program is attached to; null where a hook needs none.</summary>
    private static string? HookOf(nint program)
    {
        var section = Marshal.PtrToStringUTF8(Libbpf.bpf_program__section_name(program)) ?? string.Empty;
        return section.StartsWith(Tracepoints, StringComparison.Ordinal) ? $"btf_trace_{section[Tracepoints.Length..]}"
            : section.StartsWith(Modules, StringComparison.Ordinal) ? $"bpf_lsm_{section[Modules.Length..]}"
            : null;
    }

    private static void Register(string section, int typeUntilLoaded, int attachType, int type)
    {
        var options = new Libbpf.libbpf_prog_handler_opts
        {
            sz = (nuint)sizeof(Libbpf.libbpf_prog_handler_opts),
            cookie = type,
            prog_prepare_load_fn = &Fit,
        };
        if (Libbpf.libbpf_register_prog_handler(section, typeUntilLoaded, attachType, &options) < 0)
        {
            throw new KernelUnavailableException($"libbpf takes no handler for sections '{section}'");
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Fit(nint program, Libbpf.bpf_prog_load_opts* options, nint type)
    {
        if (HookOf(program) is { } hook)
        {
            if (!Found.TryGetValue(hook, out var target))
            {
                return NotFound;
            }

            options->attach_btf_id = target;
        }

        var result = Libbpf.bpf_program__set_type(program, (int)type);
        return result < 0 ? result : CallFunctions(program);
    }

    /// <summary>Puts the kernel's functions in the place of our numbers; what it lacks stays, and may not be reached.</summary>
    private static int CallFunctions(nint program)
    {
        var count = Libbpf.bpf_program__insn_cnt(program);
        Span<BpfInstruction> instructions = new BpfInstruction[(int)count];
        new ReadOnlySpan<BpfInstruction>(Libbpf.bpf_program__insns(program), (int)count).CopyTo(instructions);
        var changed = false;
        foreach (ref var instruction in instructions)
        {
            if (instruction.IsHelperCall && Functions.TryGetValue(instruction.Immediate - WireLimits.FunctionBase, out var name)
                && Found.TryGetValue(name, out var function))
            {
                instruction = BpfInstruction.CallOfFunction(function);
                changed = true;
            }
        }

        fixed (BpfInstruction* start = instructions)
        {
            return changed ? Libbpf.bpf_program__set_insns(program, start, count) : 0;
        }
    }
}
