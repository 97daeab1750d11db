using System.Runtime.InteropServices;
using Sallyport.Agent.Core.Decoding;
using Sallyport.Agent.Host;
using Sallyport.Wire;

namespace Sallyport.Agent.Kernel;

/// <summary>
/// bpf/doorman.bpf.c in force: a program that calls itself Runner.Worker is stopped before its first instruction and
/// told here. Whoever it is, it has to be let go (SIGCONT).
/// </summary>
internal sealed unsafe class Doorman : IRecordHandler, IDisposable
{
    private const string ImageName = "doorman.bpf.o";

    private readonly nint handle;
    private readonly nint link;
    private readonly RecordRingReader arrivals;
    private readonly Queue<int> arrived = new();

    private Doorman(nint handle, nint link, RecordRingReader arrivals)
    {
        this.handle = handle;
        this.link = link;
        this.arrivals = arrivals;
    }

    /// <param name="below">Only workers in this cgroup v2 folder and below it; null for the whole machine.</param>
    /// <exception cref="KernelUnavailableException">This machine does not take the program.</exception>
    internal static Doorman Post(string? below)
    {
        LibbpfLog.Collect();
        using var image = typeof(Doorman).Assembly.GetManifestResourceStream(ImageName)
            ?? throw new KernelUnavailableException("this build has no kernel programs; build it with eng/build");
        var bytes = new byte[image.Length];
        image.ReadExactly(bytes);
        nint handle;
        fixed (byte* start = bytes)
        {
            handle = Libbpf.bpf_object__open_mem(start, (nuint)bytes.Length, null);
        }

        if (handle == 0)
        {
            throw new KernelUnavailableException($"the kernel programs cannot be read: {LibbpfLog.Read()}");
        }

        try
        {
            var cgroup = below is null ? 0 : FileIdentity.Inode(below);
            if (below is not null && cgroup == 0)
            {
                throw new KernelUnavailableException($"{below} is no folder of cgroup v2");
            }

            Check(Libbpf.bpf_map__set_initial_value(
                Libbpf.bpf_object__find_map_by_name(handle, ".rodata.below"), &cgroup, sizeof(ulong)));
            Check(Libbpf.bpf_object__load(handle));
            var ring = Libbpf.bpf_object__find_map_by_name(handle, "arrivals");
            var reader = new RecordRingReader(
                RecordRing.Alerts, Libbpf.bpf_map__fd(ring), Libbpf.bpf_map__max_entries(ring));
            var link = Libbpf.bpf_program__attach(Libbpf.bpf_object__find_program_by_name(handle, "on_worker"));
            if (link == 0)
            {
                reader.Dispose();
                throw new KernelUnavailableException(
                    $"the program that looks for workers cannot be attached: {Marshal.GetLastPInvokeErrorMessage()}");
            }

            return new Doorman(handle, link, reader);
        }
        catch
        {
            Libbpf.bpf_object__close(handle);
            throw;
        }
    }

    /// <summary>Waits for somebody; gives the processes that have come, none when the time is over first.</summary>
    internal IReadOnlyList<int> Wait(TimeSpan timeout)
    {
        var descriptor = new Interop.Libc.PollDescriptor { Descriptor = arrivals.Descriptor, Events = Native.POLLIN };
        _ = Interop.Libc.poll(&descriptor, 1, (int)timeout.TotalMilliseconds);
        _ = arrivals.Drain(this);
        var come = arrived.ToArray();
        arrived.Clear();
        return come;
    }

    public void Handle(RecordRing ring, ReadOnlySpan<byte> record)
    {
        if (record.Length >= sizeof(WorkerArrivedRecord))
        {
            arrived.Enqueue((int)MemoryMarshal.Read<WorkerArrivedRecord>(record).Pid);
        }
    }

    public void Dispose()
    {
        _ = Libbpf.bpf_link__destroy(link);
        arrivals.Dispose();
        Libbpf.bpf_object__close(handle);
    }

    private static void Check(int result)
    {
        if (result < 0)
        {
            throw new KernelUnavailableException(
                $"the program that looks for workers: {LibbpfLog.Read()} (errno {-result})");
        }
    }
}
