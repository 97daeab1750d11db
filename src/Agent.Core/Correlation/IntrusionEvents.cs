using System.Globalization;
using Sallyport.Agent.Core.Decoding;
using Sallyport.Protocol.Recording;
using Sallyport.Wire;

namespace Sallyport.Agent.Core.Correlation;

/// <summary>Calls that reach into another process, or into what watches: who, into whose.</summary>
internal sealed class IntrusionEvents(JobTables tables)
{
    public void Seen(in IntrusionEvent value, IEventSink<RecordedEvent> sink)
    {
        ref readonly var record = ref value.Fixed;
        var isConnection = record.Call is IntrusionCall.SocketShell or IntrusionCall.MiningSpoken;
        sink.Accept(new IntrusionSeen(
            Word(record.Call),
            Word(record.TargetKind),
            isConnection ? null : tables.Processes.IdOf(record.Target),
            (int)record.TargetPid,
            tables.Steps.Find(record.TargetExecution),
            isConnection ? ConnectionBook.Id(record.Target) : null,
            record.Detail,
            record.Blocked != 0,
            record.Count,
            tables.Processes.IdOf(record.Header.Process),
            tables.Steps.Find(record.Execution),
            tables.ContainerOf(record.Cgroup, record.Header.Process))
        {
            BootTimeNs = (long)record.Header.BootNs,
            Execution = record.Execution,
        });
    }

    private static string Word(IntrusionCall call) => call switch
    {
        IntrusionCall.MemoryOpened => "memory-opened",
        IntrusionCall.EnvironmentOpened => "environment-opened",
        IntrusionCall.MemoryCopied => "memory-copied",
        IntrusionCall.Traced => "traced",
        IntrusionCall.DescriptorTaken => "descriptor-taken",
        IntrusionCall.DescriptorHidden => "descriptor-hidden",
        IntrusionCall.KernelMemoryOpened => "kernel-memory-opened",
        IntrusionCall.CorePatternOpened => "core-pattern-opened",
        IntrusionCall.ProgramLoaded => "program-loaded",
        IntrusionCall.ObjectTaken => "object-taken",
        IntrusionCall.SocketShell => "socket-shell",
        IntrusionCall.CredentialOpened => "credential-opened",
        IntrusionCall.ModuleLoaded => "module-loaded",
        IntrusionCall.RootGained => "root-gained",
        IntrusionCall.MiningSpoken => "mining-spoken",
        IntrusionCall.DiskOpened => "disk-opened",
        IntrusionCall.AgentAttacked => "agent-attacked",
        IntrusionCall.NamespaceMade => "namespace-made",
        _ => string.Create(CultureInfo.InvariantCulture, $"call-{(ushort)call}"),
    };

    private static string? Word(IntrusionTarget target) => target switch
    {
        IntrusionTarget.OfNobody => null,
        IntrusionTarget.OfWorker => "runner-worker",
        IntrusionTarget.OfRunner => "runner-listener",
        IntrusionTarget.OfStep => "step",
        _ => "other",
    };
}
