using System.Diagnostics;
using Sallyport.Agent.Host;
using Sallyport.Lab;
using Sallyport.Lab.Processes;

namespace Sallyport.Agent.Tests.Host;

public sealed class ProcessLookTests
{
    private const int Most = 4096;
    private static readonly TimeSpan s_long = ProcessLook.Patience * 2;

    [Fact]
    public void A_process_that_lets_nobody_look_holds_nobody_and_is_asked_once()
    {
        Assert.SkipWhen(LabNetwork.WhyNot is not null, LabNetwork.WhyNot ?? "");
        byte[]? read = null;
        Thread reader;
        using (var withheld = new WithheldProcess())
        {
            // Whoever reads it waits, for as long as it likes.
            reader = new Thread(() => read = ProcBytes.TryRead($"/proc/{withheld.Pid}/cmdline", Most)) { IsBackground = true };
            reader.Start();
            Assert.False(reader.Join(s_long));

            var watch = Stopwatch.StartNew();
            Assert.Null(ProcessLook.TryRead(withheld.Pid, "environ", Most));
            Assert.InRange(watch.Elapsed, TimeSpan.Zero, s_long);
            watch.Restart();
            Assert.Null(ProcessLook.TryRead(withheld.Pid, "cmdline", Most));
            Assert.False(ProcessLook.TryRun(withheld.Pid, static () => { }));
            Assert.InRange(watch.Elapsed, TimeSpan.Zero, ProcessLook.Patience / 2);
            Assert.NotEmpty(ProcessLook.TryRead(Environment.ProcessId, "cmdline", Most)!);
        }

        Assert.True(reader.Join(s_long));
        Assert.NotNull(read);
    }

    [Fact]
    public void What_is_gone_is_empty()
    {
        using var ended = Process.Start("/bin/true");
        ended.WaitForExit();
        Assert.Empty(ProcessLook.TryRead(ended.Id, "cmdline", Most)!);
    }
}
