using System.Text;
using Sallyport.Agent.Host;
using Sallyport.Agent.Runner;

namespace Sallyport.Agent.Tests.Runner;

[Collection(nameof(WorkerLogTailTests))]
public sealed class EarlierLogsTests
{
    /// <summary>The job message stands in the first file: of a job that has said much before anybody looked, that one is closed.</summary>
    [Fact]
    public void Files_that_were_full_before_anybody_looked_are_read_first()
    {
        using var folder = new TestFolder();
        var logs = new EarlierLogFolder(folder);
        logs.Add("Worker_20261127-100000-utc.log", "too old for what is between; ", EarlierLogs.Fullest);
        logs.Add("Worker_20261127-110000-utc.log", "of a job before; ", 0); // not full
        logs.Add("Worker_20261127-120000-utc.log", "first ", EarlierLogs.Fullest);
        logs.Add("Worker_20261127-130000-utc.log", "second ", EarlierLogs.Fullest);
        logs.Add("Listener_20261127-133000-utc.log", "not a worker's ", EarlierLogs.Fullest);
        logs.Add("Worker_20261127-150000-utc.log", "later ", EarlierLogs.Fullest);
        using var log = logs.Open("Worker_20261127-140000-utc.log", "third ");
        var self = ProcessIdentity.Of(Environment.ProcessId)!;
        Assert.Equal("first next second next third ", Followed(self, out var isMore));
        Assert.Equal([true, true, false], isMore);
        using var tail = new WorkerLogTail(self);
        var text = new StringBuilder();
        tail.ReadAll(bytes => Add(text, bytes), () => text.Append("next "));
        Assert.Equal("first next second next third ", text.ToString());
    }

    [Fact]
    public void Links_and_files_of_others_or_of_a_time_before_the_worker_are_none_of_its_logs()
    {
        using var folder = new TestFolder();
        var logs = new EarlierLogFolder(folder);
        var before = logs.Add("Worker_20261127-120000-utc.log", "forged ", EarlierLogs.Fullest);
        var path = logs.PathOf("Worker_20261127-140000-utc.log");
        File.WriteAllText(path, "own ");
        using var worker = logs.Hold(path, before);
        var identity = ProcessIdentity.Of(worker.Id)!;
        try
        {
            Assert.Equal("own ", Followed(identity, out _)); // before the worker
            File.AppendAllText(before, "x ");
            Assert.Equal("forged x next own ", Followed(identity, out _)); // the control: written to since
            logs.Give(before, 4242);
            Assert.Equal("own ", Followed(identity, out _));
            logs.Give(before, 0);
            File.Move(before, logs.PathOf("elsewhere"));
            File.CreateSymbolicLink(before, "elsewhere");
            Assert.Equal("own ", Followed(identity, out _));
        }
        finally
        {
            worker.Kill();
        }
    }

    private static string Followed(ProcessIdentity worker, out List<bool> isMore)
    {
        using var tail = new WorkerLogTail(worker);
        var (text, nowNs) = (new StringBuilder(), 0L);
        isMore = [];
        do
        {
            var length = text.Length;
            var hasMore = tail.Read(nowNs += 1_000_000_000, bytes => Add(text, bytes), () => text.Append("next "));
            if (text.Length > length)
            {
                isMore.Add(hasMore);
            }
        }
        while (isMore.Count == 0 || isMore[^1]);
        return text.ToString();
    }

    private static void Add(StringBuilder text, ReadOnlyMemory<byte> bytes) => text.Append(Encoding.UTF8.GetString(bytes.Span).Replace("\0", "", StringComparison.Ordinal));
}
