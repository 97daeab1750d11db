using System.Text;
using Microsoft.Win32.SafeHandles;
using Sallyport.Agent.Host;
using Sallyport.Agent.Runner;

namespace Sallyport.Agent.Tests.Runner;

public sealed class WorkerLogTailTests
{
    [Fact]
    public async Task A_pipe_that_is_called_like_a_log_does_not_keep_the_log_from_being_read()
    {
        using var folder = new TestFolder();
        var logs = Directory.CreateDirectory(Path.Combine(folder.Path, "_diag")).FullName;
        var pipe = Path.Combine(logs, "Worker_1-utc.log");
        Fifo.Make(pipe);

        // Opened first, so found first; the one that has it open only reads, so whoever opens it next waits for a writer.
        using var reader = new SafeFileHandle(
            Interop.Libc.open(pipe, Native.O_CLOEXEC | Native.O_NONBLOCK, 0), ownsHandle: true);
        using var log = new FileStream(Path.Combine(logs, "Worker_2-utc.log"), FileMode.CreateNew, FileAccess.Write);
        log.Write("a line"u8);
        log.Flush();
        using var tail = new WorkerLogTail(ProcessIdentity.Of(Environment.ProcessId)!);
        var text = new StringBuilder();
        var reading = Task.Run(() => tail.Read(0, bytes => text.Append(Encoding.UTF8.GetString(bytes.Span)), () => { }));
        _ = await reading.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal("a line", text.ToString());
    }
}
