namespace Sallyport.Runner.Working;

/// <summary>A step that has begun, with what is given back at its end.</summary>
internal sealed class OpenStep : IDisposable
{
    private readonly StepLog _log;

    private OpenStep(JobStep record, StepLog log, StepRun step, CancellationTokenSource timeout, string name) =>
        (Record, _log, Step, Timeout, Name) = (record, log, step, timeout, name);

    public JobStep Record { get; }

    public StepRun Step { get; }

    public CancellationTokenSource Timeout { get; }

    /// <summary>Evaluated.</summary>
    public string Name { get; }

    public static OpenStep Of(JobContext job, JobStep record)
    {
        StepLog log = new(job, record.Id);
        CancellationTokenSource timeout = CancellationTokenSource.CreateLinkedTokenSource(
            // A step that runs in spite of the cancellation is not cancelled again.
            job.Cancelled.IsCancellationRequested ? CancellationToken.None : job.Cancelled);
        StepRun step = new(job, new StepScope { Steps = job.Steps, Inputs = job.Request.Inputs }, log)
        {
            RecordId = record.Id,
            Stage = record.Stage,
            ContextName = record.ContextName,
            Action = record.Action,
            State = record.State,
            Embedded = record.Embedded,
            Deferred = record.IsBackground ? [] : null,
            Cancelled = timeout.Token,
        };
        step.EvaluateEnv(record.Env);
        return new OpenStep(record, log, step, timeout, step.Expand(record.Name));
    }

    public void Dispose()
    {
        Timeout.Dispose();
        _log.Dispose();
    }
}
