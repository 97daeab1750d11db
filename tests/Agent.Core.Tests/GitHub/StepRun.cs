using Sallyport.Agent.Core.Correlation;
using Sallyport.Agent.Core.GitHub.Log;
using Sallyport.Agent.Core.GitHub.Steps;
using Sallyport.Protocol.Recording;
using Sallyport.Protocol.Report;
using Sallyport.Reporting;

namespace Sallyport.Agent.Core.Tests.GitHub;

/// <summary>A reader, a book behind it, and all that came out.</summary>
internal sealed class StepRun : IEventSink<WorkerEntry>, IEventSink<RecordedEvent>, IEventSink<StepAssignment>
{
    private readonly WorkerLogReader reader = new();
    private long now = 1_000_000;

    public StepRun() => Book = new StepBook(this, this);

    public StepBook Book { get; }

    public List<RecordedEvent> Events { get; } = [];

    public Dictionary<uint, StepAssignment> Assigned { get; } = [];

    /// <summary>Called at each start of a process in the log, before the book sees it.</summary>
    public Action<int>? BeforeStart { get; set; }

    /// <summary>Called after the book saw it.</summary>
    public Action<int>? AfterStart { get; set; }

    public void Accept(WorkerEntry value)
    {
        now += 1000;
        var pid = (value as ProcessStartedEntry)?.Pid;
        if (pid is { } before)
        {
            BeforeStart?.Invoke(before);
        }

        Book.Log(value, now);
        if (pid is { } after)
        {
            AfterStart?.Invoke(after);
        }
    }

    public void Accept(RecordedEvent value) => Events.Add(value);

    public void Accept(StepAssignment value) => Assigned[value.Execution] = value;

    public StepRun Log(ReadOnlySpan<byte> bytes)
    {
        reader.Accept(bytes, this);
        return this;
    }

    public StepRun Lines(params string[] lines)
    {
        foreach (var line in lines)
        {
            Log(System.Text.Encoding.UTF8.GetBytes(EntryList.Head(line) + "\n"));
        }

        return this;
    }

    public StepRun Fork(uint execution, int pid, string? action, bool environment = true, bool isLeft = false)
    {
        Book.ExecutionForked(execution, 100 + execution, pid, ++now, isLeft);
        Events.Add(new ProcessForked($"p{100 + execution}", null, pid, null, null) { BootTimeNs = now, Execution = execution });
        if (environment)
        {
            Book.ExecutionEnvironment(execution, RunnerSamples.Block(action), false, ++now);
        }

        return this;
    }

    public ReportDocument Report()
    {
        Book.Completed(++now);
        var builder = new ReportBuilder();
        Events.ForEach(builder.Accept);
        return builder.Build();
    }
}
