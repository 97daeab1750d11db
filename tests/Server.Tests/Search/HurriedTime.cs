using Sallyport.Server.Search;

namespace Sallyport.Server.Tests.Search;

/// <summary>A clock by which a search has always taken as long as it may.</summary>
internal sealed class HurriedTime : TimeProvider
{
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime == EventSearch.TimeLimit)
        {
            callback(state);
        }

        return base.CreateTimer(callback, state, dueTime, period);
    }
}
