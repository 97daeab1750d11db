using Sallyport.Agent.Host;

namespace Sallyport.Agent.Tests.Host;

public sealed class ProcessTextTests
{
    [Theory]
    [InlineData(0, 0, true)]
    [InlineData(4095, 4095, true)]
    [InlineData(4097, 4097, true)]
    [InlineData(4097, 4096, false)]
    [InlineData(100_000, 8192, false)]
    public void A_file_of_proc_is_read_as_far_as_the_caller_can_take_it(int length, int most, bool isRead)
    {
        using var folder = new TestFolder();
        var text = new string('a', length);
        Assert.Equal(isRead ? text : null, ProcText.TryRead(folder.File("text", text), most));
    }

    [Fact]
    public void Arguments_that_a_process_made_longer_than_can_be_taken_are_none()
    {
        var start = new System.Diagnostics.ProcessStartInfo("/bin/sh", ["-c", "read line", new string('a', 100_000)])
        {
            RedirectStandardInput = true, // it waits for a line that never comes
        };
        using var process = System.Diagnostics.Process.Start(start)!;
        var path = $"/proc/{process.Id}/cmdline";
        Assert.True(SpinWait.SpinUntil(() => ProcText.TryRead(path) is { Length: > 100_000 }, TimeSpan.FromSeconds(10)));
        Assert.Null(ProcText.TryRead(path, 8192));
        process.Kill();
        process.WaitForExit();
    }

    [Fact]
    public async Task A_pipe_in_the_place_of_a_file_is_not_waited_for()
    {
        using var folder = new TestFolder();
        var path = Path.Combine(folder.Path, "pipe");
        Fifo.Make(path);
        Assert.Null(await Task.Run(() => ProcText.TryRead(path)).WaitAsync(TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public void Masks_of_signals_and_capabilities_are_read_from_the_status_of_a_process()
    {
        var status = ProcessStatus.Parse("Name:\tx\nSigBlk:\t0000000000004002\nSigIgn:\t0000000000001000\nCapEff:\t000001ffffffffff\n");
        Assert.Equal((0x1000UL, 0x4002UL, 0x1ffffffffffUL), (status.IgnoredSignals, status.BlockedSignals, status.EffectiveCapabilities));
    }

    [Theory]
    [InlineData("")]
    [InlineData("SigIgn: zz\nSigBlk:\nCapEff")]
    public void A_status_that_cannot_be_read_counts_as_zero(string text) =>
        Assert.Equal(new ProcessStatus(0, 0, 0), ProcessStatus.Parse(text));

    [Fact]
    public void A_process_whose_name_imitates_the_fields_does_not_move_them()
    {
        const string stat = "42 (a) S 1 2 3) R 7 42 42 0 -1 4194304 0 0 0 0 0 0 0 0 20 0 1 0 987654 0 0";
        Assert.Equal(987654, ProcessIdentity.StartOf(stat));
        Assert.Equal(7, ProcessIdentity.ParentOf(stat));
        Assert.False(ProcessIdentity.HasEnded(stat));
    }

    [Theory]
    [InlineData("42 (a) S 1 2 3) Z 7 42", true)]
    [InlineData("42 (a) Z 1 2 3) S 7 42", false)]
    [InlineData("42 (a) X", true)]
    [InlineData("42 (a", false)]
    public void One_that_nobody_has_waited_for_has_ended(string stat, bool ended) => Assert.Equal(ended, ProcessIdentity.HasEnded(stat));

    [Theory]
    [InlineData("")]
    [InlineData("42 (x")]
    [InlineData("42 (x) S 1")]
    public void A_line_that_is_cut_off_has_no_start(string stat) => Assert.Null(ProcessIdentity.StartOf(stat));

    [Fact]
    public void A_number_with_another_start_is_another_process()
    {
        var own = ProcessIdentity.Of(Environment.ProcessId);
        Assert.NotNull(own);
        Assert.True(own.IsAlive);
        Assert.False((own with { StartTicks = own.StartTicks + 1 }).IsAlive);
    }

    [Theory]
    [InlineData("6.1.0-13-cloud-amd64", 6, 1)]
    [InlineData("5.17", 5, 17)]
    [InlineData("6.18.44-fc-v595", 6, 18)]
    public void The_version_of_a_kernel_is_its_first_two_numbers(string release, int major, int minor)
    {
        Assert.True(KernelVersion.TryParse(release, out var version));
        Assert.Equal(new KernelVersion(major, minor), version);
    }

    [Fact]
    public void Versions_compare_by_number_and_not_by_text() => Assert.True(new KernelVersion(5, 4) < KernelVersion.Oldest);
}
