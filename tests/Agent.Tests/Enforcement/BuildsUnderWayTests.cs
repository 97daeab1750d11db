using Sallyport.Agent.Enforcement.DockerSocket;
using Sallyport.Agent.Host;

namespace Sallyport.Agent.Tests.Enforcement;

public sealed class BuildsUnderWayTests
{
    private readonly BuildsUnderWay builds = new();

    [Fact]
    public void A_container_is_of_the_build_that_was_under_way_when_it_was_made()
    {
        var before = BootClock.NowNs() - 1;
        var build = builds.Begin("app:7");
        var during = BootClock.NowNs();
        builds.End(build);
        var after = BootClock.NowNs() + 1;
        Assert.Equal((null, "build of app:7", null), (builds.At(before), builds.At(during), builds.At(after)));
        _ = builds.Begin(null);
        Assert.Equal("build", builds.At(BootClock.NowNs()));
    }

    [Fact]
    public void Of_two_builds_at_one_time_none_is_named_unless_they_are_called_the_same()
    {
        var first = builds.Begin("app:7");
        _ = builds.Begin("app:7");
        Assert.Equal("build of app:7", builds.At(BootClock.NowNs()));
        _ = builds.Begin("other");
        Assert.Null(builds.At(BootClock.NowNs()));
        builds.End(first);
        Assert.Null(builds.At(BootClock.NowNs()));
    }

    [Fact]
    public void Those_that_have_ended_make_way_and_with_too_many_open_ones_nothing_is_named()
    {
        for (var i = 0; i < 1000; i++)
        {
            builds.End(builds.Begin("ended"));
        }

        _ = builds.Begin("app:7");
        Assert.Equal("build of app:7", builds.At(BootClock.NowNs()));
        for (var i = 0; i < 256; i++)
        {
            _ = builds.Begin("app:7");
        }

        Assert.Null(builds.At(BootClock.NowNs()));
    }
}
