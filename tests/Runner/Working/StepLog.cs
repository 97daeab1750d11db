using System.Globalization;

namespace Sallyport.Runner.Working;

/// <summary>
/// A record's own log: <c>_diag/pages/TIMELINE_RECORD_1.log</c>, held open and buffered while the step runs. The runner
/// removes it after the upload; here it stays. Each line also goes to the job's live log.
/// </summary>
internal sealed class StepLog : IDisposable
{
    private readonly JobContext _job;
    private readonly StreamWriter _page;
    private readonly Lock _lock = new();

    public StepLog(JobContext job, Guid record)
    {
        _job = job;
        Path = $"{job.Root.Diag}/pages/{job.Request.TimelineId}_{record}_1.log";
        _page = new StreamWriter(Path) { NewLine = "\n" };
    }

    public string Path { get; }

    public void Write(string line)
    {
        string stamp = TimeProvider.System.GetUtcNow()
            .ToString("yyyy-MM-ddTHH:mm:ss.fffffffZ", CultureInfo.InvariantCulture);
        lock (_lock)
        {
            if (_page.BaseStream.CanWrite)
            {
                _page.WriteLine($"{stamp} {_job.Masks.Apply(line)}");
                _job.Say($"{stamp} {line}");
            }
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _page.Dispose();
        }
    }
}
