using System.Text;
using Microsoft.Win32.SafeHandles;
using Sallyport.Agent.Host;
using Sallyport.Agent.Runner;

namespace Sallyport.Agent.Tests.Runner;

/// <summary>This process is the worker: whatever log of that name it has open counts, so one test at a time.</summary>
[Collection(nameof(WorkerLogTailTests))]
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

    /// <summary>Lines that come while the tail looks for the next log are of the one before: many roll-overs, for the moment is short.</summary>
    [Fact]
    public async Task What_is_written_until_the_worker_goes_on_in_another_log_is_read()
    {
        const int Logs = 200;
        using var folder = new TestFolder();
        var logs = Directory.CreateDirectory(Path.Combine(folder.Path, "_diag")).FullName;
        using var tail = new WorkerLogTail(ProcessIdentity.Of(Environment.ProcessId)!);
        var (written, followed) = (0, -1); // none is followed yet
        var writing = Task.Run(() =>
        {
            for (var log = 0; log < Logs; log++)
            {
                using var file = new FileStream(Path.Combine(logs, $"Worker_{log}-utc.log"), FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite, 1);
                do
                {
                    file.Write(Encoding.ASCII.GetBytes($"{written++}\n"));
                    Thread.SpinWait(500); // the reader is to find an end now and then
                }
                while (Volatile.Read(ref followed) < log);
            }
        });
        var text = new StringBuilder();
        bool isWritten;
        var nowNs = 0L;
        do
        {
            isWritten = writing.IsCompleted;
            _ = tail.Read(nowNs += 1_000_000_000, bytes => text.Append(Encoding.UTF8.GetString(bytes.Span)), () => Interlocked.Increment(ref followed));
            _ = followed >= 0 || text.Length == 0 || Interlocked.Increment(ref followed) == 0;
        }
        while (!isWritten);
        await writing;
        var read = text.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(Enumerable.Range(0, written).Select(line => $"{line}"), read);
        Assert.Equal(Logs - 1, followed);
    }

    [Fact]
    public void A_log_that_gets_another_name_is_not_read_again()
    {
        using var folder = new TestFolder();
        var logs = Directory.CreateDirectory(Path.Combine(folder.Path, "_diag")).FullName;
        var path = Path.Combine(logs, "Worker_1-utc.log");
        using var log = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite, 1);
        using var tail = new WorkerLogTail(ProcessIdentity.Of(Environment.ProcessId)!);
        var text = new StringBuilder();
        var nowNs = 0L;
        void Read() => _ = tail.Read(nowNs += 1_000_000_000, bytes => text.Append(Encoding.UTF8.GetString(bytes.Span)), () => text.Append("next "));
        log.Write("one "u8);
        Read();
        File.Move(path, Path.Combine(logs, "Worker_2-utc.log"));
        Read();
        log.Write("two "u8);
        Read();
        using var other = new FileStream(Path.Combine(logs, "Worker_3-utc.log"), FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite, 1);
        log.Dispose();
        other.Write("three"u8);
        Read();
        Assert.Equal("one two next three", text.ToString());
    }
}
