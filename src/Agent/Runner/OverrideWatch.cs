using System.Collections.Immutable;
using Sallyport.Agent.Control;
using Sallyport.Agent.Upload;
using Sallyport.Protocol.ServerOverrides;
using Sallyport.Protocol.Signing;

namespace Sallyport.Agent.Runner;

/// <summary>
/// What a server's overrides are for one job, from when it is known which job that is to its end (ADR 0032). An override counts when the key
/// of agent.yml has signed it, for this job and for now; it ends when its time is over, by a clock that nobody sets while one agent lives, or when the server,
/// asked again, no longer has it. A server that gives no answer neither begins nor ends one.
/// </summary>
/// <param name="key">Of agent.yml.</param>
/// <param name="clock">Of the machine.</param>
/// <param name="ask">The server; null when it gives no answer.</param>
/// <param name="begin">Enforcement ends; false when it could not.</param>
/// <param name="end">Enforcement begins again, with the reason; false when it could not.</param>
/// <param name="refuse">Something was offered that does not count: why, once each.</param>
internal sealed class OverrideWatch(
    byte[] key, TimeProvider clock, Func<OverrideSubject, ImmutableArray<SignedEnvelope>?> ask,
    Func<ServerOverride, bool> begin, Func<string, bool> end, Action<string> refuse)
{
    /// <summary>Between two questions.</summary>
    internal static readonly TimeSpan Every = TimeSpan.FromSeconds(5);

    /// <summary>Refusals that are said, and overrides that have ended and are remembered: after so many none begins any more.</summary>
    private const int Most = 64;

    private readonly object waiting = new();
    private readonly HashSet<string> said = [];
    private readonly HashSet<string> ended = [];
    private OverrideSubject? subject;
    private bool isNews;
    private bool isOver;
    private string? inForce;
    private long began;
    private TimeSpan lasts;

    /// <summary>In force from the agent before this one.</summary>
    internal void TakeOver(JobOverride glass)
    {
        (inForce, began, lasts) = (glass.Id, clock.GetTimestamp(), glass.Until!.Value - clock.GetUtcNow());
    }

    /// <summary>Looks from here on, in a thread of its own.</summary>
    internal void Start() => new Thread(Run) { IsBackground = true, Name = "overrides" }.Start();

    /// <summary>Which job it is: asked for at once. By any thread; waits for nobody.</summary>
    internal void Learn(OverrideSubject job)
    {
        lock (waiting)
        {
            (subject, isNews) = (job, isNews || job != subject);
            Monitor.Pulse(waiting);
        }
    }

    /// <summary>Nothing begins or ends any more, but for what is just being done. By any thread.</summary>
    internal void Stop()
    {
        lock (waiting)
        {
            isOver = true;
            Monitor.Pulse(waiting);
        }
    }

    private void Run()
    {
        var pause = Look(null);
        while (true)
        {
            OverrideSubject? job;
            lock (waiting)
            {
                _ = isOver || isNews || Monitor.Wait(waiting, pause);
                if (isOver)
                {
                    return;
                }

                (job, isNews) = (subject, false);
            }

            pause = Look(job);
        }
    }

    /// <summary>Looks once.</summary>
    /// <param name="job">The job; null while that is not known.</param>
    /// <returns>When to look again.</returns>
    internal TimeSpan Look(OverrideSubject? job)
    {
        if (inForce is not null && Left <= TimeSpan.Zero)
        {
            End("its time is over");
        }

        if (job is not null && ask(job) is { } envelopes)
        {
            Take(envelopes, job);
        }

        // What is over and could not be ended is tried again, no sooner than anything else.
        return inForce is null || Left <= TimeSpan.Zero ? Every : TimeSpan.FromTicks(Math.Clamp(Left.Ticks, TimeSpan.TicksPerMillisecond, Every.Ticks));
    }

    private TimeSpan Left => lasts - clock.GetElapsedTime(began);

    private void Take(ImmutableArray<SignedEnvelope> envelopes, OverrideSubject job)
    {
        var now = clock.GetUtcNow();
        var valid = envelopes.Select(envelope => Open(envelope, job, now)).OfType<ServerOverride>().MaxBy(offered => offered.Until);
        if (valid is null)
        {
            if (inForce is not null)
            {
                End("the server has revoked it");
            }
        }
        else if (valid.Id != inForce && ended.Count < Most && begin(valid))
        {
            (inForce, began, lasts) = (valid.Id, clock.GetTimestamp(), DateTimeOffset.FromUnixTimeSeconds(valid.Until) - now);
        }
    }

    private ServerOverride? Open(SignedEnvelope envelope, OverrideSubject job, DateTimeOffset now)
    {
        if (!OverrideSignature.TryOpen(envelope, key, out var offered, out var why))
        {
            Refuse(why);
            return null;
        }

        why = offered.Id == inForce ? null
            : ended.Contains(offered.Id) ? $"override {offered.Id} has ended in this job, and does not come back"
            : job.Hindrance(offered, now);
        if (why is not null)
        {
            Refuse(why);
            return null;
        }

        return offered;
    }

    /// <summary>What cannot be ended now is tried again at the next look.</summary>
    private void End(string why)
    {
        if (end(why))
        {
            _ = ended.Add(inForce!);
            inForce = null;
        }
    }

    private void Refuse(string why)
    {
        if (said.Count < Most && said.Add(why))
        {
            refuse(why);
        }
    }
}
