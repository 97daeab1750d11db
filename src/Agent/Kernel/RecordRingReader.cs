using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Sallyport.Agent.Core.Decoding;

namespace Sallyport.Agent.Kernel;

/// <summary>
/// Drains one BPF ring buffer by its shared pages (kernel 5.8, Documentation/bpf/ringbuf.rst): a consumer page that is
/// ours, a producer page, and the data. No call into the kernel per record. The kernel would map the data twice in a row
/// so that no record wraps; that counts twice as memory of this process, so the one record that wraps is put together here.
/// </summary>
internal sealed unsafe partial class RecordRingReader : IDisposable
{
    private const uint Busy = 0x8000_0000;
    private const uint Discarded = 0x4000_0000;
    private const int RecordHeader = 8;
    private const int Read = 1;
    private const int Write = 2;
    private const int Shared = 1;

    private readonly RecordRing ring;
    private readonly nuint page = (nuint)Environment.SystemPageSize;
    private readonly nuint size;
    private readonly byte* consumer;
    private readonly byte* producer;
    private readonly byte* data;
    private byte[] wrapped = [];

    // Kept here as well: the shared one can be moved by whoever may call bpf(2), root of the job for one, and the kernel
    // would overwrite what was not read, or this process read what is no record.
    private ulong position;

    internal RecordRingReader(RecordRing ring, int descriptor, uint bytes)
    {
        this.ring = ring;
        Descriptor = descriptor;
        size = bytes;
        consumer = Map(page, Read | Write, 0);
        producer = Map(page + size, Read, (nint)page);
        data = producer + page;
        position = *(ulong*)consumer;
    }

    internal int Descriptor { get; }

    /// <summary>Hands over what is there, at most one ring's worth, and gives how many records it was.</summary>
    /// <exception cref="RingTakenException">Somebody else has moved its position, or it holds what no probe wrote.</exception>
    internal int Drain(IRecordHandler handler)
    {
        if (Volatile.Read(ref Unsafe.AsRef<ulong>(consumer)) != position)
        {
            throw new RingTakenException($"somebody else reads the ring of {ring}: records were taken from it");
        }

        var end = Volatile.Read(ref Unsafe.AsRef<ulong>(producer));
        var records = 0;
        while (position < end)
        {
            var offset = (nuint)position & (size - 1);
            var record = data + offset;
            var header = Volatile.Read(ref Unsafe.AsRef<uint>(record));
            if ((header & Busy) != 0)
            {
                break; // being written; it and all behind it come next time
            }

            var length = header & ~(Busy | Discarded);
            if (length > size - RecordHeader)
            {
                throw new RingTakenException($"the ring of {ring} holds a record of {length} bytes, which no probe wrote");
            }

            if ((header & Discarded) == 0)
            {
                handler.Handle(ring, Content(offset + RecordHeader, (int)length));
                records++;
            }

            position += (length + RecordHeader + 7UL) & ~7UL;
            Volatile.Write(ref Unsafe.AsRef<ulong>(consumer), position);
        }

        return records;
    }

    public void Dispose()
    {
        _ = munmap(consumer, page);
        _ = munmap(producer, page + size);
    }

    /// <summary>Headers never wrap: records begin at multiples of 8.</summary>
    private ReadOnlySpan<byte> Content(nuint offset, int length)
    {
        offset &= size - 1;
        var first = (int)nuint.Min((nuint)length, size - offset);
        if (first == length)
        {
            return new ReadOnlySpan<byte>(data + offset, length);
        }

        if (wrapped.Length < length)
        {
            wrapped = new byte[length];
        }

        new ReadOnlySpan<byte>(data + offset, first).CopyTo(wrapped);
        new ReadOnlySpan<byte>(data, length - first).CopyTo(wrapped.AsSpan(first));
        return wrapped.AsSpan(0, length);
    }

    private byte* Map(nuint length, int protection, nint offset)
    {
        var start = mmap(null, length, protection, Shared, Descriptor, offset);
        return start != (byte*)-1
            ? start
            : throw new KernelUnavailableException($"the ring cannot be mapped: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial byte* mmap(byte* address, nuint length, int protection, int flags, int descriptor, nint offset);

    [LibraryImport("libc")]
    private static partial int munmap(byte* address, nuint length);
}
