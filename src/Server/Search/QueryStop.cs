using System.Data.Common;

namespace Sallyport.Server.Search;

/// <summary>
/// Interrupts a query of DuckDB whose time is up, again and again until it ends: the engine forgets an interrupt that comes while it still lists
/// files and plans.
/// </summary>
internal sealed class QueryStop : IDisposable
{
    /// <summary>Between two interrupts.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly DbCommand command;
    private readonly CancellationToken cancellation;
    private readonly Lock gate = new();
    private readonly ITimer timer;
    private bool hasEnded;

    public QueryStop(DbCommand command, TimeProvider time, CancellationToken cancellation)
    {
        this.command = command;
        this.cancellation = cancellation;
        timer = time.CreateTimer(_ => Look(), null, Pause, Pause);
    }

    /// <summary>The query has ended.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            hasEnded = true;
        }

        timer.Dispose();
    }

    private void Look()
    {
        if (!cancellation.IsCancellationRequested)
        {
            return;
        }

        lock (gate)
        {
            if (!hasEnded)
            {
                command.Cancel();
            }
        }
    }
}
