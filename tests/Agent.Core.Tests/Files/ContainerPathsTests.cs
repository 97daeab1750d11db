using Sallyport.Agent.Core.Files;

namespace Sallyport.Agent.Core.Tests.Files;

public sealed class ContainerPathsTests
{
    /// <summary>A machine with a disk of its own for work, and Docker's layers on the root's.</summary>
    private const string Machine = """
        26 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
        27 26 0:5 / /dev/shm rw - tmpfs tmpfs rw
        28 26 8:2 / /mnt/work\040disk rw - ext4 /dev/sda2 rw
        90 26 0:60 / /var/lib/docker/overlay2/abc/merged rw - overlay overlay rw,lowerdir=/l/A:/l/B,upperdir=/var/lib/docker/overlay2/abc/diff,workdir=/x
        """;

    private const string Container = """
        500 90 0:60 / / rw,relatime - overlay overlay rw,lowerdir=/l/A:/l/B,upperdir=/var/lib/docker/overlay2/abc/diff,workdir=/x
        501 500 0:70 / /proc rw - proc proc rw
        502 500 0:71 / /dev rw - tmpfs tmpfs rw
        503 502 0:72 / /dev/shm rw - tmpfs shm rw
        504 500 8:2 /w /__w rw - ext4 /dev/sda2 rw
        505 500 8:2 /w/_temp/_github_home /github/home rw - ext4 /dev/sda2 rw
        506 500 8:1 /etc/hostname /etc/hostname rw - ext4 /dev/sda1 rw
        507 500 8:9 / /elsewhere rw - ext4 /dev/sdz rw
        """;

    private readonly ContainerPaths paths = ContainerPaths.TryRead(Container, Machine)!;

    [Theory]
    [InlineData("/tmp/x", "/var/lib/docker/overlay2/abc/diff/tmp/x")]
    [InlineData("/__w/r/r/x", "/mnt/work disk/w/r/r/x")]
    [InlineData("/github/home/x", "/mnt/work disk/w/_temp/_github_home/x")]
    [InlineData("/etc/hostname", "/etc/hostname")]
    [InlineData("/dev/shm/x", null)]
    [InlineData("/elsewhere/x", null)]
    public void A_file_of_a_container_has_the_path_of_its_layer_or_of_what_it_was_given(string inner, string? outer)
    {
        Assert.Equal(outer, paths.ToMachine(inner));
        if (outer is not null)
        {
            Assert.Equal(inner, paths.ToContainer(outer));
        }
    }

    /// <summary>The innermost name of two.</summary>
    [Theory]
    [InlineData("/mnt/work disk/w/_temp/_github_home/x", "/github/home/x")]
    [InlineData("/mnt/work disk/w/_temp/y", "/__w/_temp/y")]
    [InlineData("/mnt/work disk/other", null)]
    [InlineData("/var/lib/docker/overlay2/abcd/diff/tmp/x", null)]
    [InlineData("/tmp/x", null)]
    public void A_file_of_the_machine_has_a_name_in_the_container_when_it_is_there(string outer, string? inner) =>
        Assert.Equal(inner, paths.ToContainer(outer));

    [Fact]
    public void Who_has_the_machines_root_is_in_no_container_yet()
    {
        Assert.False(paths.IsOfMachine);
        var machine = ContainerPaths.TryRead(Machine, Machine)!;
        Assert.True(machine.IsOfMachine);
        Assert.Equal("/tmp/x", machine.ToMachine("/tmp/x"));
        Assert.Equal("/tmp/x", machine.ToContainer("/tmp/x"));

        const string Overlaid = "26 1 0:33 / / rw - overlay overlay rw,lowerdir=/l,upperdir=/u,workdir=/w";
        Assert.True(ContainerPaths.TryRead(Overlaid, Overlaid)!.IsOfMachine);
    }

    [Theory]
    [InlineData("")]
    [InlineData("nothing of the kind")]
    [InlineData("501 500 0:70 / /proc rw - proc proc rw")]
    public void Without_a_root_there_is_nothing_to_know(string text) => Assert.Null(ContainerPaths.TryRead(text, Machine));
}
