namespace Sallyport.Kernel.Tests;

/// <summary>
/// F9: a file is changed below its file system, by the device that this lies on: a loop device over an image of the test's own. No
/// watch of files sees it. The disks of the machine are never touched.
/// </summary>
public sealed class DiskTests(LabFixture fixture) : KernelTest(fixture), IClassFixture<LabFixture>
{
    /// <summary>Mounted in a namespace of the job's own; $d is the device.</summary>
    private const string Image = """
        cd /run/lab/work; i=image-$$; mkdir $i.d; truncate -s 4M $i; mkfs.ext4 -q -F $i
        d=$(losetup --show -f $i) || exit 3
        trap 'umount $i.d 2> /dev/null || true; losetup -d $d; rm -rf $i $i.d' EXIT
        """;

    private const string Mounted = """
        mount -o ro $d $i.d || exit 3
        """;

    [Theory]
    [EveryMode(
        "debugfs -w -R 'mkdir taken' $d",
        "python3 -c 'import ctypes, os, sys; os.write(ctypes.CDLL(None).creat(sys.argv[1].encode(), 0o600), b\"x\" * 512)' $d",
        "python3 -c 'import os, sys; os.pwrite(os.open(sys.argv[1], os.O_RDWR), b\"x\" * 512, 0)' $d")]
    public async Task A_disk_in_use_that_is_written_below_its_file_system_is_found(LabMode mode, string write)
    {
        var isBlocked = mode == LabMode.Block;
        var run = await Lab.RunAsync(mode, Script(Image, Mounted, "h=$(sha256sum < $i)", $"{write} || true", "sync $d; sync $i",
            "test \"$h\" = \"$(sha256sum < $i)\" && echo same || echo other") with
        {
            Policy = $"version: 1\ndetections: {{ disk-written: {(isBlocked ? "block" : "report")} }}",
        });
        Assert.SkipWhen(run.Process.ExitCode == 3, $"no loop device or no ext4 here: {run.Process.Errors}");
        Assert.True(run.Process.Output.Trim() == (isBlocked ? "same" : "other"), run.ToString());
        if (mode != LabMode.Off)
        {
            var row = AssertFound(run, "disk-written", isBlocked ? "blocked" : "reported", null);
            Assert.StartsWith(write.Split(' ')[0], Path.GetFileName(run.Report.ExeOf(row.Process)), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task An_image_that_the_job_makes_and_a_disk_that_is_read_are_none()
    {
        var run = await Lab.RunAsync(LabMode.Audit, Script(
            Image, "mkfs.ext4 -q -F $d; debugfs -w -R 'mkdir own' $d", Mounted, "dd if=$d of=/dev/null bs=4k count=1 2> /dev/null") with
        {
            Policy = "version: 1\ndetections: { disk-written: report }",
        });
        Assert.SkipWhen(run.Process.ExitCode == 3, $"no loop device or no ext4 here: {run.Process.Errors}");
        Assert.True(run.Process.ExitCode == 0 && run.Report.Findings.Count == 0, run.ToString());
    }
}
