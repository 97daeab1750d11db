namespace Sallyport.Agent.Tests.Upload;

/// <summary>A clock that a test moves by hand.</summary>
internal sealed class HandClock(DateTimeOffset now) : TimeProvider
{
    private DateTimeOffset wall = now;
    private long passed;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => wall;

    public override long GetTimestamp() => passed;

    public void Pass(TimeSpan by) => (wall, passed) = (wall + by, passed + by.Ticks);

    public void Set(DateTimeOffset to) => wall = to;
}
