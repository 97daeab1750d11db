using System.Runtime.InteropServices;
using Sallyport.Agent.Core.Decoding;
using Sallyport.Agent.Files;
using Sallyport.Wire;

namespace Sallyport.Agent.Kernel;

/// <summary>Tells of processes and containers that were there before, which no ring does, whoever asks who wrote; passes every record of the agent's own on.</summary>
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
        var type = writers is not null && record.Length >= sizeof(ushort) ? MemoryMarshal.Read<RecordType>(record) : default;
        if (type == RecordType.ProcessForked && ProcessForkedEvent.TryRead(record, out var forked, out _))
        {
            writers!.Adopted(forked.Fixed.Pid, forked.Fixed.Header.Process);
        }
        else if (type == RecordType.ContainerCreated && ContainerCreatedEvent.TryRead(record, out var created, out _))
        {
            writers!.ContainerMade(created.Fixed.Cgroup, isOwn: false);
        }

        next?.Handle(ring, record);
    }
}
