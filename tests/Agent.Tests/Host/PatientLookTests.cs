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
        using var never = new ManualResetEventSlim();
        using var looks = new PatientLook(Short);
        for (var i = 0; i < PatientLook.MostHanging; i++)
        {
            Assert.False(looks.TryRun(() => never.Wait()));
            Assert.True(i == PatientLook.MostHanging - 1 || looks.TryRun(static () => { }));
        }

        var isRun = false;
        Assert.False(looks.TryRun(() => isRun = true));
        Assert.False(isRun);
        never.Set();
    }
}
