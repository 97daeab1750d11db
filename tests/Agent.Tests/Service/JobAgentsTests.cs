using System.Diagnostics;
using System.Text;
using Sallyport.Agent.Control.Sockets;
using Sallyport.Agent.Host;
using Sallyport.Agent.Runner;
using Sallyport.Agent.Service;
using Sallyport.Protocol.Control;

namespace Sallyport.Agent.Tests.Service;

/// <summary>What whoever asks for protection is told when it does not come.</summary>
public sealed class JobAgentsTests
{
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(20);

    [Fact]
    public void A_reply_comes_through_whatever_was_said_before()
    {
        var (service, job) = Pair();
        using (service)
        {
            using (job)
            {
                var progress = new StartProgress(job);
                progress.Say("attaching the kernel's programs");
                progress.Say("{\"not\":\"a reply\"}");
                Assert.True(job.TrySend("{\"v\":1}"u8));
                Assert.Equal("{\"v\":1}", Encoding.UTF8.GetString(JobAgents.Await(service, Long, out var isLate)));
                Assert.False(isLate);
            }
        }
    }

    [Fact]
    public void Who_hangs_or_ends_is_told_with_the_step()
    {
        var (service, job) = Pair();
        using (service)
        {
            new StartProgress(job).Say("attaching the kernel's programs");
            var watch = Stopwatch.StartNew();
            Assert.Contains("not begun within 0.5 s: it was attaching the kernel's programs", Refusal(JobAgents.Await(service, Short, out var isLate)), StringComparison.Ordinal);
            Assert.True(isLate);
            Assert.InRange(watch.Elapsed, Short, Long);
            job.Dispose();
            Assert.Contains("ended while it was starting", Refusal(JobAgents.Await(service, Long, out isLate)), StringComparison.Ordinal);
            Assert.False(isLate);
        }
    }

    /// <summary>Its guardian and its uploader live on: they do not hold its end of the line.</summary>
    [Fact]
    public void Who_ends_is_missed_though_what_it_has_started_lives()
    {
        var (service, job) = Pair();
        using (service)
        {
            using var child = Process.Start("sleep", "60");
            try
            {
                job.Dispose();
                Assert.Contains("ended while", Refusal(JobAgents.Await(service, Long, out _)), StringComparison.Ordinal);
            }
            finally
            {
                child.Kill();
            }
        }
    }

    /// <summary>The second as a process has it that was started with it: without close-on-exec.</summary>
    private static (MessageSocket Service, MessageSocket Job) Pair()
    {
        var (own, childs) = MessageSocket.Pair();
        var inherited = (int)childs.DangerousGetHandle();
        childs.SetHandleAsInvalid(); // it is the socket's from here on
        _ = Interop.Libc.fcntl(inherited, Native.F_SETFD, 0);
        return (own, MessageSocket.Of(inherited));
    }

    private static string Refusal(byte[] reply) =>
        ControlReply.TryRead(reply, out var read, out _) && read is ControlErrorReply refusal ? refusal.Message : "no refusal";
}
