using Sallyport.Server.Work;

namespace Sallyport.Server.Operations;

/// <summary>Reads the state of the queue for the gauges, which cannot wait for a database.</summary>
internal sealed partial class WorkGauge(WorkQueue queue, ServerMetrics metrics, TimeProvider time, ILogger<WorkGauge> log) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(15);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Pause, time);
        try
        {
            do
            {
                await ReadAsync(stoppingToken);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException)
        {
            // The server stops.
        }
    }

    private async Task ReadAsync(CancellationToken stopping)
    {
        try
        {
            var state = await queue.StateAsync(stopping);
            var now = time.GetUtcNow();
            metrics.Queue(state, state.OldestDueMs is { } oldest ? now - DateTimeOffset.FromUnixTimeMilliseconds(oldest) : TimeSpan.Zero);
        }
#pragma warning disable CA1031 // The gauges keep what they had; readiness says that the database is away.
        catch (Exception e) when (!stopping.IsCancellationRequested)
#pragma warning restore CA1031
        {
            LogNotRead(log, e.Message);
        }
    }

    [LoggerMessage(41, LogLevel.Warning, "the work queue cannot be read: {Why}")]
    private static partial void LogNotRead(ILogger log, string why);
}
