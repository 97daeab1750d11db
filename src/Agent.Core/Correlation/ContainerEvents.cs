using System.Text;
using Sallyport.Agent.Core.Decoding;
using Sallyport.Protocol.Recording;
using Sallyport.Wire;

namespace Sallyport.Agent.Core.Correlation;

/// <summary>Containers of the job, and who asked a runtime for them.</summary>
internal sealed class ContainerEvents(JobTables tables)
{
    private ulong lastAsker;

    public void Created(in ContainerCreatedEvent value, IEventSink<RecordedEvent> sink)
    {
        ref readonly var record = ref value.Fixed;
        var id = Encoding.ASCII.GetString(value.Id);

        // A runtime makes the cgroup. Where the request was seen, the kernel says whose it is; else the step is inferred: that
        // of the process that spoke to a runtime last.
        var isInferred = record.Flags.HasFlag(ContainerMarks.Inferred);
        var execution = !isInferred || record.Execution != 0
            ? record.Execution
            : tables.Processes.Find(lastAsker)?.Execution ?? 0;
        var step = tables.Steps.Find(execution);
        if (tables.Containers.FindOrAdd(id) is not { } entry)
        {
            sink.Accept(Started(
                new ContainerEntry(id) { Step = step, Execution = execution, StepInferred = isInferred }, (long)record.Header.BootNs));
            return;
        }

        tables.Containers.Join(record.Cgroup, entry);
        if (entry.Announced)
        {
            return;
        }

        entry.Step = step;
        entry.Execution = execution;
        entry.StepInferred = isInferred;
        entry.Announced = true;
        sink.Accept(Started(entry, (long)record.Header.BootNs));
    }

    public void Asked(in DaemonAskedEvent value)
    {
        if (value.Fixed.Kind == DaemonKind.Runtime)
        {
            lastAsker = value.Fixed.Header.Process;
        }
    }

    /// <summary>
    /// Adds what a runtime says of a container. Known before the container: written with it. After it: a second line of
    /// the same id completes the first.
    /// </summary>
    public void Describe(
        string id, string? name, string? image, string? hostAccess, long bootTimeNs, IEventSink<RecordedEvent> sink)
    {
        if (tables.Containers.FindOrAdd(id) is not { } entry || (entry.Name == name && entry.Image == image && entry.HostAccess == hostAccess))
        {
            return;
        }

        (entry.Name, entry.Image, entry.HostAccess) = (name, image, hostAccess);
        if (entry.Announced)
        {
            sink.Accept(Started(entry, bootTimeNs));
        }
    }

    private static ContainerStarted Started(ContainerEntry entry, long bootTimeNs) =>
        new(entry.Id, entry.Name, entry.Image, entry.Step, entry.StepInferred, entry.HostAccess)
        {
            BootTimeNs = bootTimeNs,
            Execution = entry.Execution,
        };
}
