using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Sallyport.Agent.Core.Decoding;
using Sallyport.Agent.Host;
using Sallyport.Agent.Kernel;
using Sallyport.Wire;

namespace Sallyport.Agent.Enforcement;

/// <summary>
/// Records that the agent itself adds to the stream: processes that were there before the job, and what its own resolver
/// decided. They look like the kernel's, under a CPU number that no machine has. Bounded by <see cref="Most"/> waiting.
/// </summary>
internal sealed class AgentRecords
{
    private const int Most = 4096;
    private const uint Cpu = SequenceTracker.MaxCpus - 1;

    private readonly ConcurrentQueue<(RecordRing Ring, byte[] Bytes)> waiting = new();
    private readonly Lock numbering = new();
    private uint events;
    private uint alerts;

    internal int Drain(IRecordHandler handler)
    {
        var count = 0;
        while (waiting.TryDequeue(out var record))
        {
            handler.Handle(record.Ring, record.Bytes);
            count++;
        }

        return count;
    }

    /// <summary>A process that began before the job, or outside it.</summary>
    internal void AddProcess(
        ulong process, uint pid, ulong cgroup, ulong parent = 0, uint execution = 0, bool opensExecution = false)
    {
        var record = new ProcessForkedRecord
        {
            Parent = parent,
            Pid = pid,
            Cgroup = cgroup,
            Execution = execution,
            Flags = opensExecution ? ForkMarks.OpensExecution : ForkMarks.None,
        };
        Add(RecordRing.Events, RecordType.ProcessForked, process, ref record, ref record.Header, []);
    }

    /// <summary>What it runs.</summary>
    internal void AddProgram(ulong process, uint pid, string exe, ReadOnlySpan<byte> argv, uint execution = 0)
    {
        var path = Encoding.UTF8.GetBytes(exe);
        var start = (ushort)Unsafe.SizeOf<ProcessExecutedRecord>();
        argv = argv[..Math.Min(argv.Length, 4095)];
        var record = new ProcessExecutedRecord
        {
            Pid = pid,
            Execution = execution,
            ArgvTotal = (uint)argv.Length,
            ExeOffset = start,
            ExeLength = (ushort)path.Length,
            CwdOffset = (ushort)(start + path.Length),
            ArgvOffset = (ushort)(start + path.Length),
            ArgvLength = (ushort)argv.Length,
        };
        Add(RecordRing.Events, RecordType.ProcessExecuted, process, ref record, ref record.Header, [.. path, .. argv]);
    }

    /// <summary>A container that ran before; nobody saw who asked for it.</summary>
    /// <param name="cgroup">Its number.</param>
    /// <param name="execution">That asked for it, as far as is known; 0.</param>
    /// <param name="id">64 hexadecimal digits.</param>
    internal void AddContainer(ulong cgroup, uint execution, string id)
    {
        var record = new ContainerCreatedRecord
        {
            Cgroup = cgroup,
            Execution = execution,
            IdOffset = (ushort)Unsafe.SizeOf<ContainerCreatedRecord>(),
            IdLength = (ushort)id.Length,
            Flags = ContainerMarks.Inferred,
        };
        Add(RecordRing.Events, RecordType.ContainerCreated, 0, ref record, ref record.Header, Encoding.ASCII.GetBytes(id));
    }

    /// <summary>A verdict of the agent's own resolver. Offsets are of the whole record; the name is its tail.</summary>
    internal void AddQuestion(NameAskedRecord record, ulong process, ReadOnlySpan<byte> name)
    {
        record.NameOffset = (ushort)Unsafe.SizeOf<NameAskedRecord>();
        record.NameLength = (ushort)name.Length;
        var ring = record.Verdict == KernelVerdict.Allowed ? RecordRing.Events : RecordRing.Alerts;
        Add(ring, RecordType.NameAsked, process, ref record, ref record.Header, name);
    }

    /// <summary>Addresses that an answer over TCP leased: 16 bytes each, after the name.</summary>
    internal void AddLeases(NameLeasedRecord record, ulong process, ReadOnlySpan<byte> name, ReadOnlySpan<byte> addresses)
    {
        record.NameOffset = (ushort)Unsafe.SizeOf<NameLeasedRecord>();
        record.NameLength = (ushort)name.Length;
        record.AddressOffset = (ushort)(record.NameOffset + name.Length);
        record.AddressCount = (ushort)(addresses.Length / 16);
        Add(RecordRing.Events, RecordType.NameLeased, process, ref record, ref record.Header, [.. name, .. addresses]);
    }

    /// <summary>A change that no kernel program sees. The process may be 0; then whoever had the pid last is meant.</summary>
    internal void AddChange(ChangeSource source, ulong process, uint pid, ReadOnlySpan<byte> data, uint execution = 0)
    {
        data = data[..Math.Min(data.Length, WireLimits.ChangeBytes)];
        var record = new MachineChangedRecord
        {
            Pid = pid,
            Execution = execution,
            Total = (uint)data.Length,
            Source = source,
            DataOffset = (ushort)Unsafe.SizeOf<MachineChangedRecord>(),
            DataLength = (ushort)data.Length,
        };
        Add(RecordRing.Alerts, RecordType.MachineChanged, process, ref record, ref record.Header, data);
    }

    // `header` is the one inside of `record`: filled here.
    private void Add<TRecord>(
        RecordRing ring, RecordType type, ulong process, ref TRecord record, ref RecordHeader header, ReadOnlySpan<byte> tail)
        where TRecord : unmanaged
    {
        var size = Unsafe.SizeOf<TRecord>();
        lock (numbering)
        {
            // The number is taken all the same: a full queue shows as a gap, like a full ring.
            header = new RecordHeader
            {
                Type = type,
                Version = WireLimits.WireVersion,
                Length = (uint)(size + tail.Length),
                BootNs = (ulong)BootClock.NowNs(),
                Cpu = Cpu,
                Sequence = ring == RecordRing.Events ? ++events : ++alerts,
                Process = process,
            };
            if (waiting.Count < Most)
            {
                var bytes = new byte[size + tail.Length];
                MemoryMarshal.Write(bytes, record);
                tail.CopyTo(bytes.AsSpan(size));
                waiting.Enqueue((ring, bytes));
            }
        }
    }
}
