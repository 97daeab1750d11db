using System.Diagnostics;
using Sallyport.Agent.Host;
using Sallyport.Lab;
using Sallyport.Lab.Processes;

namespace Sallyport.Agent.Tests.Host;

public sealed class ProcessLookTests
{
    private const int Most = 4096;
    private static readonly TimeSpan s_long = ProcessLook.Patience * 2;
    private static readonly TimeSpan s_soon = TimeSpan.FromSeconds(20);

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

            Assert.Null(ProcessLook.TryRead(withheld.Pid, "environ", Most));

            // It is not even tried again; what it does not withhold is had, and so is another one's.
            bool isTried = false;
            Assert.False(ProcessLook.TryRun(withheld.Pid, ProcessPart.Memory, () => isTried = true));
            Assert.False(isTried);
            Assert.True(SpinWait.SpinUntil(() => ProcessLook.TryRun(withheld.Pid, ProcessPart.Descriptors, () => isTried = true), s_soon));
            Assert.True(isTried);
            Assert.True(SpinWait.SpinUntil(() => ProcessLook.TryRead(Environment.ProcessId, "cmdline", Most) is { Length: > 0 }, s_soon));
        }

        Assert.True(reader.Join(s_soon));
        Assert.NotNull(read);
    }

    [Fact]
    public void One_that_was_only_slow_is_looked_at_again()
    {
        using var sleeper = Process.Start("sleep", "60");
        using var isOver = new ManualResetEventSlim();
        try
        {
            Assert.False(ProcessLook.TryRun(sleeper.Id, ProcessPart.Memory, () => isOver.Wait()));
            Assert.Null(ProcessLook.TryRead(sleeper.Id, "cmdline", Most));
            isOver.Set();
            Assert.True(SpinWait.SpinUntil(() => ProcessLook.TryRead(sleeper.Id, "cmdline", Most) is not null, s_soon));
        }
        finally
        {
            isOver.Set();
            sleeper.Kill();
        }
    }

    [Fact]
    public void What_is_gone_is_empty()
    {
        using var ended = Process.Start("/bin/true");
        ended.WaitForExit();
        Assert.Empty(ProcessLook.TryRead(ended.Id, "cmdline", Most)!);
    }
}
