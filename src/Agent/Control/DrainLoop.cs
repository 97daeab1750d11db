using System.Runtime.ExceptionServices;
using Sallyport.Agent.Host;
using Sallyport.Agent.Kernel;
using Sallyport.Agent.Sinks;
using Sallyport.Wire;

namespace Sallyport.Agent.Control;

/// <summary>
/// The thread that empties the rings. While there is work it looks every few milliseconds (a wakeup per record would
/// cost more than the record); when there is none it sleeps until the kernel has one.
/// </summary>
internal sealed class DrainLoop : IDisposable
{
    /// <summary>Reason of the loss when it failed: how many events were not seen, nobody knows.</summary>
    internal const string LossReason = "observation-lost";

    private static readonly TimeSpan Batch = TimeSpan.FromMilliseconds(8);
    private static readonly TimeSpan Hurried = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan Idle = TimeSpan.FromMilliseconds(20);

    /// <summary>
    /// Nice value of the draining thread. It sleeps most of the time; a job that keeps every processor busy must not make
    /// it sleep longer than the rings hold.
    /// </summary>
    private const int Priority = -10;
    private const int PriorityOfThread = 0; // PRIO_PROCESS

    /// <summary>How often losses are read, and the kernel is told that somebody looks.</summary>
    private const long BeatEveryNs = 250_000_000;

    private readonly KernelSession session;
    private readonly AgentPipeline pipeline;
    private readonly RecordingSink recording;
    private readonly StatusLine? status;
    private readonly Action onFailure;
    private readonly IDrainGuest? guest;
    private readonly ManualResetEventSlim stop = new();
    private readonly Thread thread;
    private readonly long[] losses = new long[(int)KernelLoss.Count];
    private long beatNs = BootClock.NowNs();
    private ExceptionDispatchInfo? failure;

    /// <param name="session">Where the records are.</param>
    /// <param name="pipeline">Where they go.</param>
    /// <param name="recording">Put on disk now and then.</param>
    /// <param name="status">Drawn now and then; null without a terminal.</param>
    /// <param name="onFailure">Called on the draining thread when it cannot go on.</param>
    /// <param name="guest">Works along; null for nobody.</param>
    internal DrainLoop(
        KernelSession session, AgentPipeline pipeline, RecordingSink recording, StatusLine? status, Action onFailure,
        IDrainGuest? guest = null)
    {
        this.guest = guest;
        this.session = session;
        this.pipeline = pipeline;
        this.recording = recording;
        this.status = status;
        this.onFailure = onFailure;
        thread = new Thread(Run) { Name = "drain" };
        thread.Start();
    }

    /// <summary>Takes what is left in the rings and ends the thread; gives what made it fail, or null.</summary>
    internal Exception? Finish()
    {
        stop.Set();
        thread.Join();
        return failure?.SourceException;
    }

    public void Dispose()
    {
        _ = Finish();
        stop.Dispose();
    }

    private void Run()
    {
        // Refused (no CAP_SYS_NICE in a container): it drains all the same.
        _ = Interop.Libc.setpriority(PriorityOfThread, 0, Priority);
        try
        {
            while (!stop.IsSet)
            {
                var records = session.Drain(pipeline);
                pipeline.Settle();
                Tend(BootClock.NowNs());
                if (guest is { IsHurried: true })
                {
                    _ = stop.Wait(Hurried);
                }
                else if (records > 0)
                {
                    _ = stop.Wait(Batch);
                }
                else
                {
                    _ = session.WaitForRecords(Idle);
                }
            }

            Beat(BootClock.NowNs());

            // The command has ended; what it did last is in the rings.
            session.EndWatch();
            while (session.Drain(pipeline) > 0)
            {
                pipeline.Settle();
            }

            session.FinishContainers(pipeline);
            session.FinishFiles(pipeline);
            session.FinishExecutables(pipeline);
            guest?.Complete(BootClock.NowNs());
            pipeline.Flush();
            ReadLosses();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            failure = ExceptionDispatchInfo.Capture(e);
            onFailure();
        }
        finally
        {
            status?.Dispose();
        }
    }

    private void Tend(long nowNs)
    {
        if (nowNs - beatNs >= BeatEveryNs)
        {
            Beat(nowNs);
            ReadLosses();
        }

        guest?.Tend(nowNs);
        recording.SealWhenDue(nowNs);
        status?.DrawWhenDue(nowNs);
    }

    private void Beat(long nowNs)
    {
        if (nowNs - beatNs >= WireLimits.HeartbeatNs)
        {
            pipeline.HandlePause(TimeSpan.FromTicks((nowNs - beatNs) / TimeSpan.NanosecondsPerTick));
        }

        beatNs = nowNs;
        session.Beat(nowNs);
    }

    private void ReadLosses()
    {
        session.ReadLosses(losses);
        pipeline.HandleLosses(losses);
    }
}
