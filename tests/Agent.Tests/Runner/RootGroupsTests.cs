using System.Collections.Immutable;
using Sallyport.Agent.Host;
using Sallyport.Agent.Runner.Privileges;

namespace Sallyport.Agent.Tests.Runner;

public sealed class RootGroupsTests
{
    /// <summary>As Ubuntu has it; the members do not count, for a group can be a user's first one.</summary>
    private const string Groups = """
        root:x:0:
        adm:x:4:syslog
        disk:x:6:
        kmem:x:15:
        sudo:x:27:alice
        shadow:x:42:
        staff:x:50:
        users:x:100:
        docker:x:999:
        lxd:x:110:
        libvirt:x:111:
        microk8s:x:997:
        disks:x:998:
        broken
        disk:x:not-a-number:
        """;

    [Theory]
    [InlineData(6, "disk")]
    [InlineData(15, "kmem")]
    [InlineData(42, "shadow")]
    [InlineData(50, "staff")]
    [InlineData(0, "root")]
    [InlineData(997, "microk8s")]
    public void A_group_that_is_root_by_a_file_or_a_device_is_said(uint group, string name)
    {
        foreach (var user in (UserAccount[])[User(1001, [group]), User(group, [])])
        {
            Assert.Contains($"is in the group {name}, which ", Assert.Single(RootGroups.LeftOpen(user, Groups)), StringComparison.Ordinal);
        }
    }

    /// <summary>docker, lxd and libvirt lead through sockets, which are closed; sudo through its rules; the others are not root.</summary>
    [Fact]
    public void Another_one_is_not() => Assert.Empty(RootGroups.LeftOpen(User(1001, [4, 27, 100, 110, 111, 998, 999]), Groups));

    [Fact]
    public void All_of_them_are_said_and_of_root_none()
    {
        Assert.Equal(3, RootGroups.LeftOpen(User(1001, [6, 15, 42]), Groups).Count());
        Assert.Empty(RootGroups.LeftOpen(new UserAccount(0, 0, [6], "root", "/root", null), Groups));
    }

    private static UserAccount User(uint group, ImmutableArray<uint> groups) => new(1001, group, groups, "runner", "/home/runner", null);
}
