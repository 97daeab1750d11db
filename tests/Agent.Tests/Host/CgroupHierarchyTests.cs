using Sallyport.Agent.Host;

namespace Sallyport.Agent.Tests.Host;

public sealed class CgroupHierarchyTests
{
    [Fact]
    public void On_a_hybrid_machine_the_second_version_stands_beside_the_first()
    {
        const string mounts = """
            24 1 0:5 / /proc rw - proc proc rw
            30 24 0:26 / /sys/fs/cgroup rw - tmpfs tmpfs rw,mode=755
            31 30 0:27 / /sys/fs/cgroup/cpu rw shared:9 - cgroup cgroup rw,cpu
            40 30 0:30 / /sys/fs/cgroup/unified rw,relatime shared:10 - cgroup2 cgroup2 rw
            """;
        Assert.Equal("/sys/fs/cgroup/unified", CgroupHierarchy.MountOf(mounts));
    }

    [Fact]
    public void A_mount_that_shows_only_a_part_of_the_hierarchy_is_not_its_root() =>
        Assert.Null(CgroupHierarchy.MountOf("40 30 0:30 /docker/ab /sys/fs/cgroup rw - cgroup2 cgroup2 rw"));

    [Fact]
    public void A_blank_in_a_mount_point_is_decoded() =>
        Assert.Equal("/a b", CgroupHierarchy.MountOf("40 30 0:30 / /a\\040b rw - cgroup2 cgroup2 rw"));

    [Theory]
    [InlineData("4:memory:/x\n0::/user.slice/session-3.scope\n", "/user.slice/session-3.scope")]
    [InlineData("0::/\n", "/")]
    [InlineData("4:memory:/x\n", "/")]
    public void The_own_path_is_that_of_the_unified_line(string text, string path) =>
        Assert.Equal(path, CgroupHierarchy.PathOf(text));
}
