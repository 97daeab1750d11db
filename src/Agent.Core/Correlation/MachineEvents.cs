using Sallyport.Agent.Core.Changes;
using Sallyport.Agent.Core.Decoding;
using Sallyport.Protocol.Recording;

namespace Sallyport.Agent.Core.Correlation;

/// <summary>What was changed on the machine, and by whom.</summary>
internal sealed class MachineEvents(JobTables tables)
{
    public void Changed(in MachineChangedEvent value, IEventSink<RecordedEvent> sink)
    {
        ref readonly var record = ref value.Fixed;

        // The agent knows a pid only; who had it may have ended since, but the records of that came before this one.
        var process = record.Header.Process != 0 ? record.Header.Process : tables.Processes.WithPid(record.Pid);
        var execution = record.Execution != 0 ? record.Execution : tables.Processes.Find(process)?.Execution ?? 0;
        foreach (var (change, facts) in ChangeReader.Read(in value))
        {
            sink.Accept(new MachineChanged(
                change,
                facts,
                tables.Processes.IdOf(process),
                tables.Steps.Find(execution),
                tables.ContainerOf(record.Cgroup, process))
            { BootTimeNs = (long)record.Header.BootNs, Execution = execution });
        }
    }
}
