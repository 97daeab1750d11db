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
    private readonly KernelObject program;
    private readonly RecordRingReader arrivals;
    private readonly Queue<int> arrived = new();

    private Doorman(KernelObject program, RecordRingReader arrivals) => (this.program, this.arrivals) = (program, arrivals);

    /// <param name="below">Only workers in this cgroup v2 folder and below it; null for the whole machine.</param>
    /// <exception cref="KernelUnavailableException">This machine does not take the program.</exception>
    internal static Doorman Post(string? below)
    {
        var cgroup = below is null ? 0 : FileIdentity.Inode(below);
        if (below is not null && cgroup == 0)
        {
            throw new KernelUnavailableException($"{below} is no folder of cgroup v2");
        }

        var program = KernelObject.Open(ImageName);
        try
        {
            program.SetConstant(".rodata.below", cgroup);
            program.Load();
            var reader = new RecordRingReader(
                RecordRing.Alerts, program.Map("arrivals").Descriptor, program.EntriesOf("arrivals"));
            try
            {
                program.Attach("on_worker");
            }
            catch
            {
                reader.Dispose();
                throw;
            }

            return new Doorman(program, reader);
        }
        catch
        {
            program.Dispose();
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
        program.Dispose();
        arrivals.Dispose();
    }
}
