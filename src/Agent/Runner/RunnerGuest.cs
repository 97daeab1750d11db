using System.Collections.Concurrent;
using Sallyport.Agent.Control;

namespace Sallyport.Agent.Runner;

/// <summary>
/// What a runner's job does on the draining thread beside the rings: joining steps, and requests that need the state as
/// one thread sees it. Requests wait in a queue; who asks waits for the answer, so the queue is as long as there are
/// connections.
/// </summary>
internal sealed class RunnerGuest(StepWatch steps, ServiceWatch service) : IDrainGuest
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(8);

    private readonly ConcurrentQueue<Action> requests = new();
    private volatile bool isComplete;

    public bool IsHurried => steps.IsHurried;

    /// <summary>Does the work on the draining thread; false when that thread did not come to it.</summary>
    internal bool TryRun(Action work)
    {
        using var done = new ManualResetEventSlim();
        var taken = 0; // 1 = being done, 2 = given up
        Exception? failure = null;
        requests.Enqueue(() =>
        {
            if (Interlocked.CompareExchange(ref taken, 1, 0) != 0)
            {
                return;
            }

            try
            {
                work();
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                failure = e; // the one who asked is told; the job goes on
            }

            done.Set();
        });
        if (isComplete || !done.Wait(Patience))
        {
            if (Interlocked.CompareExchange(ref taken, 2, 0) == 0)
            {
                return false;
            }

            done.Wait();
        }

        return failure is null ? true : throw new CommandFailure(ExitCode.SallyportFailed, failure.Message);
    }

    public void Tend(long nowNs)
    {
        steps.Tend(nowNs);
        service.Tend(nowNs);
        Serve();
    }

    public void Complete(long nowNs)
    {
        steps.Complete(nowNs);
        isComplete = true;
        Serve();
    }

    /// <summary>The draining thread cannot go on: who asks is told at once.</summary>
    internal void Fail() => isComplete = true;

    private void Serve()
    {
        while (requests.TryDequeue(out var request))
        {
            request();
        }
    }
}
