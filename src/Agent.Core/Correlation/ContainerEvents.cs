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
            sink.Accept(Started(id, null, null, step, execution, isInferred, (long)record.Header.BootNs));
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
        sink.Accept(Started(id, entry.Name, entry.Image, step, execution, isInferred, (long)record.Header.BootNs));
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
    public void Describe(string id, string? name, string? image, long bootTimeNs, IEventSink<RecordedEvent> sink)
    {
        if (tables.Containers.FindOrAdd(id) is not { } entry || (entry.Name == name && entry.Image == image))
        {
            return;
        }

        entry.Name = name;
        entry.Image = image;
        if (entry.Announced)
        {
            sink.Accept(Started(id, name, image, entry.Step, entry.Execution, entry.StepInferred, bootTimeNs));
        }
    }

    private static ContainerStarted Started(
        string id, string? name, string? image, string? step, uint execution, bool isInferred, long bootTimeNs) =>
        new(id, name, image, step, StepInferred: isInferred)
        {
            BootTimeNs = bootTimeNs,
            Execution = execution,
        };
}
