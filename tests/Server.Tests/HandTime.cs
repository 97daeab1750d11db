namespace Sallyport.Server.Tests;

/// <summary>A clock that a test moves by hand; timers stay real.</summary>
internal sealed class HandTime : TimeProvider
{
    private long ticks = new DateTimeOffset(2026, 11, 26, 8, 0, 0, TimeSpan.Zero).Ticks;

    public override DateTimeOffset GetUtcNow() => new(Interlocked.Read(ref ticks), TimeSpan.Zero);

    public void Pass(TimeSpan by) => Interlocked.Add(ref ticks, by.Ticks);
}
