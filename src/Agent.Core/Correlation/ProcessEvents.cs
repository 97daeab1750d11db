using Sallyport.Agent.Core.Decoding;
using Sallyport.Protocol.Recording;
using Sallyport.Wire;

namespace Sallyport.Agent.Core.Correlation;

/// <summary>Lineage: fork, exec, exit.</summary>
internal sealed class ProcessEvents(JobTables tables, IExecutionObserver? executions)
{
    private const string Cut = "…";

    public void Forked(in ProcessForkedEvent value, IEventSink<RecordedEvent> sink)
    {
        ref readonly var record = ref value.Fixed;
        var container = tables.ContainerOf(record.Cgroup, record.Parent);
        if (tables.Processes.FindOrAdd(record.Header.Process, out _) is { } entry)
        {
            entry.Container = container;
            entry.Execution = record.Execution;
            tables.Processes.SetPid(entry, record.Header.Process, record.Pid);
        }

        Announce(in record.Header, record.Parent, record.Pid, record.Execution, container, sink);
        if (record.Flags.HasFlag(ForkMarks.OpensExecution))
        {
            executions?.Opened(record.Execution, record.Header.Process, (int)record.Pid, (long)record.Header.BootNs);
        }
    }

    public void Executed(in ProcessExecutedEvent value, IEventSink<RecordedEvent> sink)
    {
        ref readonly var record = ref value.Fixed;
        var process = record.Header.Process;
        var entry = tables.Processes.FindOrAdd(process, out var added);
        var container = tables.ContainerOf(record.Cgroup, process);
        if (entry is not null)
        {
            entry.Container = container;
            entry.Execution = record.Execution;
            tables.Processes.SetPid(entry, process, record.Pid);
        }

        // The job's first process was there before the job, and a fork's record can be lost: the line that a reader
        // expects of every process is written here then.
        if (added)
        {
            Announce(in record.Header, 0, record.Pid, record.Execution, container, sink);
        }

        sink.Accept(new ProcessExecuted(
            tables.Processes.IdOf(process) ?? "p0",
            PathText(value.Exe, record.Flags.HasFlag(ExecMarks.PathTruncated)),
            SecretMasking.MaskArguments(ArgumentText.Read(value.Argv, tables.ArgumentTexts)),
            record.Flags.HasFlag(ExecMarks.ArgvTruncated) || record.ArgvTotal > record.ArgvLength,
            PathText(value.Cwd, record.Flags.HasFlag(ExecMarks.CwdTruncated)),
            (int)record.Pid,
            record.Uid,
            record.Flags.HasFlag(ExecMarks.Unlinked),
            container,
            tables.Executables.IdOf(ExecutableKey.Of(in record)))
        { BootTimeNs = (long)record.Header.BootNs });
    }

    public void Exited(in ProcessExitedEvent value, IEventSink<RecordedEvent> sink)
    {
        ref readonly var record = ref value.Fixed;
        var status = WaitStatus.Read(record.Status);
        sink.Accept(new ProcessExited(
            tables.Processes.IdOf(record.Header.Process) ?? "p0",
            status.ExitCode,
            status.Signal)
        { BootTimeNs = (long)record.Header.BootNs });
        if (tables.Processes.Exit(record.Header.Process) is { } gone)
        {
            tables.Connections.Forget(gone, sink);
        }
    }

    /// <summary>Makes a process known that no record announces: a daemon that acts for the job.</summary>
    public void Register(ulong process, int pid, string exe, long bootTimeNs, IEventSink<RecordedEvent> sink)
    {
        tables.Processes.FindOrAdd(process, out _);
        var id = tables.Processes.IdOf(process) ?? "p0";
        sink.Accept(new ProcessForked(id, null, pid, null, null) { BootTimeNs = bootTimeNs });
        sink.Accept(new ProcessExecuted(id, exe, [], false, "", pid, 0, false, null) { BootTimeNs = bootTimeNs });
    }

    private void Announce(
        in RecordHeader header,
        ulong parent,
        uint pid,
        uint execution,
        string? container,
        IEventSink<RecordedEvent> sink) => sink.Accept(new ProcessForked(
            tables.Processes.IdOf(header.Process) ?? "p0",
            tables.Processes.IdOf(parent),
            (int)pid,
            tables.Steps.Find(execution),
            container)
        { BootTimeNs = (long)header.BootNs, Execution = execution });

    // The kernel walks from the leaf to the root, so what is missing of a long path is its beginning.
    private string PathText(ReadOnlySpan<byte> path, bool truncated)
    {
        var text = tables.PathTexts.Text(path);
        return truncated ? Cut + text : text;
    }
}
