namespace Sallyport.Kernel.Tests;

/// <summary>
/// Tracked files behind mounts: what is mounted over them is a finding when it holds something else, and what is written to it is one of
/// who wrote, also when the mount is moved or taken away.
/// </summary>
public sealed class SourceMountTests : SourceTest, IClassFixture<LabFixture>
{
    public SourceMountTests(LabFixture fixture)
        : base(fixture) => Seconds = ["1", "5"];

    [Theory]
    [InlineData("mount --bind ../other-$$/main.c src/main.c", "src/main.c")]
    [InlineData("mount --bind ../other-$$ src", "src")]
    [InlineData("mkdir ../work-$$; mount -t overlay none -o lowerdir=src,upperdir=../other-$$,workdir=../work-$$ src || exit 3", "src")]
    [InlineData("/run/lab/bin/movemount ../other-$$/main.c src/main.c", "src/main.c")]
    [InlineData("/run/lab/bin/movemount ../other-$$ src", "src")]
    [InlineData("mkdir -p ../own-$$/m; mount --bind ../own-$$ ../own-$$; mount --make-private ../own-$$; mount --bind ../other-$$ ../own-$$/m; sleep SECONDS; "
        + "mount --move ../own-$$/m src", "src")]
    [InlineData("cp -r src ../copy-$$; mount --bind ../copy-$$ src; sleep SECONDS; umount -l src; mount --bind ../other-$$ src", "src")]
    public async Task A_mount_over_tracked_files_is_found(string mount, string place)
    {
        var finding = await FindAsync(
            null, $"mkdir ../other-$$; echo '{Evil}' > ../other-$$/main.c; {mount}", $"{Compile}; sleep SECONDS; umount -l {place}; git diff --quiet");
        Assert.Equal("mounted", finding.Evidence["how"]);
    }

    /// <summary>What is mounted there holds the same; then somebody writes to it, and it is taken away.</summary>
    [Theory]
    [InlineData("mount --bind ../copy-$$ src", "src")]
    [InlineData("mount --bind ../copy-$$/main.c src/main.c", "src/main.c")]
    [InlineData("/run/lab/bin/movemount ../copy-$$ src", "src")]
    [InlineData("mkdir ../up-$$ ../work-$$; mount -t overlay none -o lowerdir=src,upperdir=../up-$$,workdir=../work-$$ src || exit 3", "src")]
    [InlineData("mkdir ../room-$$; mount -t tmpfs none ../room-$$; cp src/* ../room-$$; mount --bind ../room-$$ src; umount ../room-$$", "src")]
    public async Task What_is_written_to_a_mount_over_tracked_files_is_found(string mount, string place)
    {
        var finding = await FindAsync(
            "tee",
            $"cp -r src ../copy-$$; {mount}; sleep SECONDS; echo '{Evil}' | tee src/main.c",
            $"{Compile}; sleep SECONDS; umount -l {place}; git diff --quiet");
        Assert.Equal(await IdAsync(Good), finding.Evidence["before"]);
        Assert.Equal(await IdAsync(Evil), finding.Evidence["after"]);
    }

    [Fact]
    public async Task What_is_written_after_a_mount_is_taken_away_is_found()
    {
        var finding = await FindAsync(
            "tee", $"cp -r src ../copy-$$; mount --bind ../copy-$$ src; sleep SECONDS; umount -l src; sleep SECONDS; echo '{Evil}' | tee src/main.c", Compile);
        Assert.Equal(await IdAsync(Good), finding.Evidence["before"]);
        Assert.Equal(await IdAsync(Evil), finding.Evidence["after"]);
    }
}
