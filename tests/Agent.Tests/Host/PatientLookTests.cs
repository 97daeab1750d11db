using Sallyport.Agent.Host;

namespace Sallyport.Agent.Tests.Host;

public sealed class PatientLookTests
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(20);

    [Fact]
    public void What_a_look_finds_or_throws_is_there_when_it_returns()
    {
        using var looks = new PatientLook(Long);
        var found = 0;
        for (var i = 0; i < 100; i++)
        {
            Assert.True(looks.TryRun(() => found++));
        }

        Assert.Equal(100, found);
        Assert.Throws<InvalidDataException>(() => looks.TryRun(static () => throw new InvalidDataException()));
        Assert.True(looks.TryRun(() => found++));
    }

    [Fact]
    public void One_that_hangs_holds_nobody_and_after_a_few_nothing_is_looked_at()
    {
        // The machine may keep one from its thread for longer than the patience, which then is longer.
        for (var patience = Short; !IsAsked(patience); patience *= 5)
        {
            Assert.True(patience < Long);
        }
    }

    /// <summary>Each that ends at once was asked while others hang.</summary>
    private static bool IsAsked(TimeSpan patience)
    {
        using var never = new ManualResetEventSlim();
        using var looks = new PatientLook(patience);
        var ended = 0;
        for (var i = 0; i < PatientLook.MostHanging; i++)
        {
            Assert.False(looks.TryRun(() => never.Wait()));
            ended += i < PatientLook.MostHanging - 1 && looks.TryRun(static () => { }) ? 1 : 0;
        }

        var isRun = false;
        Assert.False(looks.TryRun(() => isRun = true));
        Assert.False(isRun);
        never.Set();
        return ended == PatientLook.MostHanging - 1;
    }
}
