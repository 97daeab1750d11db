using Sallyport.Agent.Sinks;
using Sallyport.Protocol.Recording;

namespace Sallyport.Agent.Tests.Sinks;

public sealed class RecordingSinkTests
{
    private const long Second = 1_000_000_000;

    /// <summary>Whoever is killed has lost one second and no more.</summary>
    [Fact]
    public void What_waits_is_on_disk_after_a_second_also_when_it_was_asked_for_in_between()
    {
        using var folder = new TestFolder();
        var spool = Path.Combine(folder.Path, "spool");
        using var sink = new RecordingSink(spool, reason => Assert.Fail(reason));
        long Written() => new FileInfo(Path.Combine(spool, RecordingHandover.FileName)).Length;
        long WrittenAfter(Action seal)
        {
            sink.Write(new EventsLost("test", 1));
            seal();
            return Written();
        }

        var first = WrittenAfter(() => sink.SealWhenDue(10 * Second));
        var second = WrittenAfter(sink.SealNow);
        Assert.True(second > first && first > 0, $"{first}, {second}");
        Assert.Equal(second, WrittenAfter(() => sink.SealWhenDue((10 * Second) + (Second / 2))));
        Assert.True(WrittenAfter(() => sink.SealWhenDue(11 * Second)) > second);
    }
}
