using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Sallyport.Agent.Host;

namespace Sallyport.Agent.Kernel;

/// <summary>
/// Programs and tables of one object, bpf/sallyport.bpf.c or bpf/doorman.bpf.c: opened, fitted to the machine, loaded, attached. Closing it detaches
/// everything that was attached through it.
/// </summary>
internal sealed unsafe class KernelObject : IDisposable
{
    private const string Judging = "sallyport.bpf.o";

    /// <summary>Which functions of the kernel programs may call; not all programs call any.</summary>
    private const string Functions = ".rodata.functions";
    private readonly List<nint> links = [];
    private readonly Lock closing = new();
    private readonly FileStream types;
    private nint handle;

    private KernelObject(nint handle, FileStream types) => (this.handle, this.types) = (handle, types);

    /// <summary>Is told of what is attached from here on; null when nothing is to outlive this process.</summary>
    internal IAttachmentKeeper? Keeper { get; set; }

    /// <summary>The programs of BPF LSM are among those that are loaded, and are or can be attached.</summary>
    internal bool HasRefusals { get; set; }

    /// <summary>Those that judge.</summary>
    internal static KernelObject Open()
    {
        var opened = Open(Judging);
        opened.Seed();
        return opened;
    }

    /// <param name="imageName">Of a resource of this assembly.</param>
    internal static KernelObject Open(string imageName)
    {
        LibbpfLog.Collect();
        KernelReferences.Prepare();
        using var image = typeof(KernelObject).Assembly.GetManifestResourceStream(imageName)
            ?? throw new KernelUnavailableException("this build has no kernel programs; build it with eng/build");
        var bytes = new byte[image.Length];
        image.ReadExactly(bytes);
        // Named when the object is opened, read when it is loaded: by then they are in it.
        var descriptor = Interop.Libc.memfd_create("kernel-types", Interop.Libc.MFD_CLOEXEC);
        if (descriptor < 0)
        {
            throw new KernelUnavailableException($"there is no memory for the types of the kernel: {Marshal.GetLastPInvokeErrorMessage()}");
        }

        var types = new FileStream(new SafeFileHandle(descriptor, ownsHandle: true), FileAccess.Write, bufferSize: 64 * 1024);
        var path = Encoding.ASCII.GetBytes($"/proc/self/fd/{descriptor}\0");
        fixed (byte* start = bytes, custom = path)
        {
            var options = new Libbpf.bpf_object_open_opts
            {
                sz = (nuint)sizeof(Libbpf.bpf_object_open_opts),
                btf_custom_path = custom,
            };
            var handle = Libbpf.bpf_object__open_mem(start, (nuint)bytes.Length, &options);
            if (handle == 0)
            {
                types.Dispose();
                throw new KernelUnavailableException($"the kernel programs cannot be read: {LibbpfLog.Read()}");
            }

            return new KernelObject(handle, types);
        }
    }

    internal void SetEntries(string map, uint entries) =>
        Check(Libbpf.bpf_map__set_max_entries(MapHandle(map), entries), $"size of table '{map}'");

    /// <summary>The value of a constant that is alone in its section; the verifier leaves out what it rules out.</summary>
    internal void SetConstant<T>(string section, T value)
        where T : unmanaged =>
        Check(Libbpf.bpf_map__set_initial_value(MapHandle(section), &value, (nuint)sizeof(T)), $"constant of '{section}'");

    internal void LeaveOut(string program) =>
        Check(Libbpf.bpf_program__set_autoload(ProgramHandle(program), 0), $"program '{program}'");

    /// <summary>Loads a program whose section says that it is not loaded by itself.</summary>
    internal void TakeIn(string program) =>
        Check(Libbpf.bpf_program__set_autoload(ProgramHandle(program), 1), $"program '{program}'");

    internal void Load()
    {
        SelectTypes();
        var result = Libbpf.bpf_object__load(handle);
        types.Dispose();
        if (result == -1 || result == -13)
        {
            var reason = LibbpfLog.Read();
            throw new KernelUnavailableException(
                $"the kernel does not let this process load programs ({reason})", result == -1 ? "CAP_BPF" : null);
        }

        Check(result, "the kernel's verifier or BTF");
    }

    /// <summary>One of its tables. May be called by any thread; throws ObjectDisposedException once everything is closed.</summary>
    internal KernelMap Map(string name)
    {
        lock (closing)
        {
            ObjectDisposedException.ThrowIf(handle == 0, this);
            return new KernelMap(name, Libbpf.bpf_map__fd(MapHandle(name)));
        }
    }

    internal uint EntriesOf(string map) => Libbpf.bpf_map__max_entries(MapHandle(map));

    internal int Program(string name) => Libbpf.bpf_program__fd(ProgramHandle(name));

    /// <summary>A tracepoint's program.</summary>
    internal void Attach(string program) =>
        Keep(program, Libbpf.bpf_program__attach_trace(ProgramHandle(program)));

    /// <summary>A program that a kernel may take and yet not run.</summary>
    internal bool TryAttach(string program)
    {
        var link = Libbpf.bpf_program__attach_trace(ProgramHandle(program));
        if (link == 0)
        {
            return false;
        }

        Keep(program, link);
        return true;
    }

    /// <summary>A raw tracepoint's program, where the kernel has the first of these; false when it has none of them.</summary>
    internal bool TryAttachRaw(string program, params ReadOnlySpan<string> tracepoints)
    {
        foreach (var name in tracepoints)
        {
            if (Libbpf.bpf_program__attach_raw_tracepoint(ProgramHandle(program), name) is not 0 and var link)
            {
                Keep(program, link);
                return true;
            }
        }

        return false;
    }

    internal void AttachCgroup(string program, SafeHandle cgroup) =>
        Keep(program, Libbpf.bpf_program__attach_cgroup(ProgramHandle(program), (int)cgroup.DangerousGetHandle()));

    public void Dispose()
    {
        foreach (var link in links)
        {
            _ = Libbpf.bpf_link__destroy(link);
        }

        links.Clear();
        types.Dispose();
        lock (closing)
        {
            if (handle != 0)
            {
                Libbpf.bpf_object__close(handle);
                handle = 0;
            }
        }
    }

    /// <summary>Of the kernel's types, those that the programs are fitted to and attached to.</summary>
    private void SelectTypes()
    {
        using var all = new KernelTypesFile();
        var own = Libbpf.btf__raw_data(Libbpf.bpf_object__btf(handle), out var ownBytes);
        if (!KernelTypes.TryRead(new ReadOnlySpan<byte>(own, (int)ownBytes), out var programs))
        {
            throw new KernelUnavailableException("the types of the kernel programs have a form that is not known here: build them with another compiler");
        }

        if (!KernelTypes.TryRead(all.Bytes, out var kernel) || !NeededTypes.TryWrite(kernel, programs, types))
        {
            throw new KernelUnavailableException($"{Machine.KernelTypes} has a form that is not known here");
        }

        types.Flush();
        KernelReferences.Find(handle, kernel);
        if (Libbpf.bpf_object__find_map_by_name(handle, Functions) != 0)
        {
            SetConstant(Functions, KernelReferences.FunctionBits());
        }
    }

    /// <summary>Begins the hash of names, so that nobody can prepare two names with one hash.</summary>
    private void Seed()
    {
        ulong seed;
        if (Interop.Libc.getrandom(&seed, sizeof(ulong), 0) != sizeof(ulong))
        {
            throw new KernelUnavailableException("the kernel gives no random bytes");
        }

        SetConstant(".rodata.seed", seed);
    }

    private void Keep(string program, nint link)
    {
        if (link == 0)
        {
            var error = Marshal.GetLastPInvokeErrorMessage();
            throw new KernelUnavailableException($"kernel program '{program}' cannot be attached: {error}");
        }

        links.Add(link);
        if (Keeper is not null && !Keeper.TryKeep(Libbpf.bpf_link__fd(link)))
        {
            throw new KernelUnavailableException(
                $"kernel program '{program}' would not outlive the agent: its descriptor cannot be handed over");
        }
    }

    private nint MapHandle(string name)
    {
        var map = Libbpf.bpf_object__find_map_by_name(handle, name);
        return map != 0 ? map : throw new KernelUnavailableException($"the kernel programs have no table '{name}'");
    }

    private nint ProgramHandle(string name)
    {
        var program = Libbpf.bpf_object__find_program_by_name(handle, name);
        return program != 0 ? program : throw new KernelUnavailableException($"the kernel programs have no '{name}'");
    }

    private static void Check(int result, string what)
    {
        if (result < 0)
        {
            throw new KernelUnavailableException($"{what}: {LibbpfLog.Read()} (errno {-result})");
        }
    }
}
