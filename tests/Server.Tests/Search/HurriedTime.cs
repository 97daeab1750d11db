using Sallyport.Server.Search;

namespace Sallyport.Server.Tests.Search;

/// <summary>A clock by which a search has taken as long as it may at once, or when a delay is over.</summary>
internal sealed class HurriedTime : TimeProvider
{
    public TimeSpan Delay { get; set; }

    /// <summary>How often a query whose time is up is interrupted.</summary>
    public TimeSpan Pause { get; set; } = QueryStop.Pause;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime == EventSearch.TimeLimit && Delay == TimeSpan.Zero)
        {
            callback(state);
        }

        if (dueTime == QueryStop.Pause)
        {
            return base.CreateTimer(callback, state, Pause, Pause);
        }

        return base.CreateTimer(callback, state, dueTime == EventSearch.TimeLimit && Delay > TimeSpan.Zero ? Delay : dueTime, period);
    }
}
