using Sallyport.Server.Configuration;
using Sallyport.Server.Operations;

namespace Sallyport.Server.Work;

/// <summary>Does the work that is due, as many pieces at once as the settings say.</summary>
internal sealed partial class Worker(
    WorkQueue queue, IEnumerable<IWorkHandler> handlers, ServerMetrics metrics, ServerSettings settings, TimeProvider time,
    ILogger<Worker> log) : BackgroundService
{
    /// <summary>How long it sleeps when nobody wakes it; other replicas' work falls due meanwhile.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await EnterRepeatedAsync(stoppingToken);
        string[] kinds = [.. handlers.Select(handler => handler.Kind)];
        await Task.WhenAll(Enumerable.Range(0, settings.Limits.WorkAtOnce).Select(_ => WorkAsync(kinds, stoppingToken)));
    }

    /// <summary>One piece after the other.</summary>
    private async Task WorkAsync(string[] kinds, CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                while (await queue.ClaimAsync(kinds, stopping) is { } item)
                {
                    // Where there was one piece there may be more, for whoever waits.
                    queue.Wake();
                    await DoAsync(item, stopping);
                }

                await queue.WaitAsync(Pause, stopping);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // Whatever it was: what is due stays due, and is tried again.
            catch (Exception e)
#pragma warning restore CA1031
            {
                // The database is away: what is due stays due.
                LogNoQueue(log, e);
                await Task.Delay(Pause, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task EnterRepeatedAsync(CancellationToken stopping)
    {
        try
        {
            foreach (var handler in handlers.Where(handler => handler.Every is not null))
            {
                await queue.EnsureAsync(handler.Kind, IWorkHandler.Repeated, stopping);
            }
        }
        catch (Exception e) when (!stopping.IsCancellationRequested)
        {
            // What was entered by an earlier start, or by another replica, is there.
            LogNoQueue(log, e);
        }
    }

    private async Task DoAsync(WorkItem item, CancellationToken stopping)
    {
        using var activity = ServerMetrics.Activities.StartActivity($"work {item.Kind}");
        var begun = time.GetTimestamp();
        using var holding = CancellationTokenSource.CreateLinkedTokenSource(stopping);
#pragma warning disable CA2025 // It is awaited before the source is disposed.
        var keeper = KeepAsync(item, holding);
#pragma warning restore CA2025
        try
        {
            var handler = handlers.First(candidate => candidate.Kind == item.Kind);
            await handler.DoAsync(item, holding.Token);
            await (handler.Every is { } pause ? queue.RepeatAsync(item, pause, stopping) : queue.DoneAsync(item, stopping));
            metrics.Worked(item.Kind, "done", time.GetElapsedTime(begun));
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Another replica, or the next start, need not wait for the claim to run out.
            await queue.ReleaseAsync(item);
            throw;
        }
        catch (Exception e) when (e is WorkTakenException || (e is OperationCanceledException && holding.IsCancellationRequested))
        {
            // Another has it by now, or it is to be done again with what is new.
            metrics.Worked(item.Kind, "taken", time.GetElapsedTime(begun));
        }
        catch (Exception e) when (!stopping.IsCancellationRequested)
        {
            activity?.SetStatus(System.Diagnostics.ActivityStatusCode.Error);
            metrics.Worked(item.Kind, "failed", time.GetElapsedTime(begun));
            LogFailed(log, item.Kind, item.Subject, item.Attempts, e);
            await queue.FailedAsync(item, e.Message, stopping);
        }
        finally
        {
            await holding.CancelAsync();
            await keeper;
        }
    }

    // Holds the claim while the work goes on; when it is lost, the work is stopped: another does it.
    private async Task KeepAsync(WorkItem item, CancellationTokenSource holding)
    {
        using var timer = new PeriodicTimer(queue.ClaimTime / 3);
        try
        {
            while (await timer.WaitForNextTickAsync(holding.Token))
            {
                if (!await queue.KeepAsync(item, holding.Token))
                {
                    await holding.CancelAsync();
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The work is done.
        }
#pragma warning disable CA1031 // Whatever it was: a claim that cannot be kept is not relied upon.
        catch (Exception e)
#pragma warning restore CA1031
        {
            LogNoQueue(log, e);
            await holding.CancelAsync();
        }
    }

    [LoggerMessage(20, LogLevel.Error, "{Kind} of {Subject} failed, attempt {Attempt}")]
    private static partial void LogFailed(ILogger log, string kind, string subject, int attempt, Exception why);

    [LoggerMessage(21, LogLevel.Error, "work cannot be claimed")]
    private static partial void LogNoQueue(ILogger log, Exception why);
}
