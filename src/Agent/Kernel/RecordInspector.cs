using System.Runtime.InteropServices;
using Sallyport.Agent.Core.Decoding;
using Sallyport.Agent.Enforcement;
using Sallyport.Wire;

namespace Sallyport.Agent.Kernel;

/// <summary>Acts on the few records that want something done on this machine, then passes every record on.</summary>
internal sealed class RecordInspector(RefusedSockets refused, ContainerDaemons daemons) : IRecordHandler
{
    private IRecordHandler? next;

    internal IRecordHandler To(IRecordHandler handler)
    {
        next = handler;
        return this;
    }

    public void Handle(RecordRing ring, ReadOnlySpan<byte> record)
    {
        if (ring == RecordRing.Alerts)
        {
            refused.Inspect(record);
        }
        else if (record.Length >= sizeof(ushort) && MemoryMarshal.Read<RecordType>(record) == RecordType.DaemonAsked)
        {
            daemons.Find();
        }

        next?.Handle(ring, record);
    }
}
