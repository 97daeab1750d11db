using Sallyport.Agent.Core.Correlation;
using Sallyport.Agent.Core.Detection;
using Sallyport.Agent.Host;
using Sallyport.Agent.Service;
using Sallyport.Protocol.Recording;

namespace Sallyport.Agent.Runner;

/// <summary>
/// Looks whether the service is still there that has begun this job. A restart or an upgrade is over within <see cref="PatienceNs"/>;
/// what takes longer was a stop, and is told once. This job needs it no more; the machine's later jobs do.
/// </summary>
internal sealed class ServiceWatch(IEventSink<RecordedEvent> events)
{
    private const long LookEveryNs = 1_000_000_000;
    private const long PatienceNs = 10_000_000_000;

    /// <summary>The job has ended: its report waits no longer than this for a restart.</summary>
    private static readonly TimeSpan PatienceAtEnd = TimeSpan.FromSeconds(3);

    /// <summary>Where a link to /dev/null masks the unit (systemctl(1)).</summary>
    private static readonly string[] Masks = ["/etc/systemd/system/sallyport.service", "/run/systemd/system/sallyport.service"];

    private readonly bool wasThere = IsThere();
    private long lookedNs;
    private long seenNs = BootClock.NowNs();
    private bool isTold;

    /// <summary>On the draining thread.</summary>
    internal void Tend(long nowNs)
    {
        if (!wasThere || isTold || nowNs - lookedNs < LookEveryNs)
        {
            return;
        }

        // Where this process itself did not run, it has not looked.
        seenNs = IsThere() || nowNs - lookedNs > 2 * LookEveryNs ? nowNs : seenNs;
        lookedNs = nowNs;
        if (nowNs - seenNs > PatienceNs)
        {
            Tell();
        }
    }

    /// <summary>True when it is gone and does not come back. Not on the draining thread.</summary>
    internal bool IsGoneAtEnd() => wasThere && !SpinWait.SpinUntil(IsThere, PatienceAtEnd);

    /// <summary>Says so, once. On the draining thread.</summary>
    internal void Tell()
    {
        if (!isTold)
        {
            isTold = true;
            events.Accept(ServiceStop.Finding(Array.Exists(Masks, IsMask), BootClock.NowNs()));
        }
    }

    /// <summary>The service, and no agent that somebody has started in its place.</summary>
    private static bool IsThere() => AgentHolder.Find() is { IsOnDemand: false };

    private static bool IsMask(string path) => new FileInfo(path).LinkTarget == "/dev/null";
}
