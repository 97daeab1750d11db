using System.Runtime.InteropServices;
using System.Text;
using Sallyport.Agent.Core.Decoding;
using Sallyport.Agent.Enforcement;
using Sallyport.Agent.Enforcement.DnsOverTcp;
using Sallyport.Agent.Executables;
using Sallyport.Agent.Files;
using Sallyport.Wire;

namespace Sallyport.Agent.Kernel;

/// <summary>Acts on the few records that want something done on this machine, then passes every record on.</summary>
internal sealed class RecordInspector(
    RefusedSockets refused, ContainerDaemons daemons, ContainerInspector containers, ContainerEntrances? entrances)
    : IRecordHandler
{
    private IRecordHandler? next;

    /// <summary>Is told of processes; null when no files are watched.</summary>
    internal Writers? Writers { get; set; }

    /// <summary>Is told of what is executed.</summary>
    internal required ExecutableHasher Hasher { get; init; }

    internal IRecordHandler To(IRecordHandler handler)
    {
        next = handler;
        return this;
    }

    public void Handle(RecordRing ring, ReadOnlySpan<byte> record)
    {
        if (record.Length >= sizeof(ushort))
        {
            switch (MemoryMarshal.Read<RecordType>(record))
            {
                case RecordType.DaemonAsked when DaemonAskedEvent.TryRead(record, out var asked, out _):
                    Consider(ring, record, in asked);
                    return;
                case RecordType.ProcessForked when ProcessForkedEvent.TryRead(record, out var forked, out _):
                    entrances?.ProcessBegan(in forked.Fixed);
                    Writers?.Forked(in forked);
                    break;
                case RecordType.ProcessExecuted when ProcessExecutedEvent.TryRead(record, out var executed, out _):
                    Hasher.Executed(in executed);
                    Writers?.Executed(in executed);
                    break;
                case RecordType.ProcessExited when Writers is not null && ProcessExitedEvent.TryRead(record, out var exited, out _):
                    Writers.Exited(in exited);
                    break;
                case RecordType.ContainerCreated when ContainerCreatedEvent.TryRead(record, out var created, out _):
                    entrances?.ContainerMade(created.Fixed.Cgroup);
                    Writers?.ContainerMade(created.Fixed.Cgroup, (created.Fixed.Flags & ContainerMarks.Own) != 0);
                    if (created.IsKnownToRuntime)
                    {
                        containers.Ask(Encoding.ASCII.GetString(created.Id));
                    }
                    else if ((created.Fixed.Flags & ContainerMarks.Own) == 0 && daemons.Builds.At((long)created.Fixed.Header.BootNs) is { } build)
                    {
                        containers.Tell(new ContainerDescription(Encoding.ASCII.GetString(created.Id), build, Image: null));
                    }

                    break;
            }
        }

        if (ring == RecordRing.Alerts)
        {
            refused.Inspect(record);
        }

        next?.Handle(ring, record);
    }

    /// <summary>
    /// Passed on in any case, for its number is one of a sequence; as a runtime's when the file turned out to be one.
    /// </summary>
    private void Consider(RecordRing ring, ReadOnlySpan<byte> record, in DaemonAskedEvent asked)
    {
        if (!daemons.Consider(in asked) || asked.Fixed.Kind != DaemonKind.Other)
        {
            next?.Handle(ring, record);
            return;
        }

        var copy = record.ToArray();
        MemoryMarshal.AsRef<DaemonAskedRecord>(copy.AsSpan()).Kind = DaemonKind.Runtime;
        next?.Handle(ring, copy);
    }
}
