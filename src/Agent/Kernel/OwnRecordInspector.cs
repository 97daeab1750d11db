using System.Runtime.InteropServices;
using Sallyport.Agent.Core.Decoding;
using Sallyport.Agent.Files;
using Sallyport.Wire;

namespace Sallyport.Agent.Kernel;

/// <summary>Tells of processes that were there before, which no ring does, whoever asks who wrote; passes every record of the agent's own on.</summary>
internal sealed class OwnRecordInspector : IRecordHandler
{
    private IRecordHandler? next;
    private Writers? writers;

    internal IRecordHandler To(IRecordHandler handler, Writers? told)
    {
        (next, writers) = (handler, told);
        return this;
    }

    public void Handle(RecordRing ring, ReadOnlySpan<byte> record)
    {
        if (writers is not null && record.Length >= sizeof(ushort)
            && MemoryMarshal.Read<RecordType>(record) == RecordType.ProcessForked && ProcessForkedEvent.TryRead(record, out var forked, out _))
        {
            writers.Adopted(forked.Fixed.Pid, forked.Fixed.Header.Process);
        }

        next?.Handle(ring, record);
    }
}
