using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Sallyport.Agent.Core.Decoding;
using Sallyport.Agent.Executables;
using Sallyport.Agent.Host;
using Sallyport.Wire;

namespace Sallyport.Agent.Tests.Executables;

public sealed class ExecutableHasherTests : IExecutableHandler, IDisposable
{
    private const uint NoProcess = uint.MaxValue >> 1;

    private readonly TestFolder folder = new();
    private readonly ExecutableHasher hasher = new();
    private readonly List<ExecutableHash> hashes = [];

    [Fact]
    public void A_file_is_hashed_once_however_often_and_by_whatever_path_it_is_executed()
    {
        var (program, other) = (folder.File("program", "one"), folder.File("other", "two"));
        File.CreateSymbolicLink(Path.Combine(folder.Path, "link"), program);
        for (var i = 0; i < 100; i++)
        {
            Execute(program);
            Execute(Path.Combine(folder.Path, "link"));
            Execute(other);
        }

        WaitFor(2);
        hasher.Finish(this);
        Assert.Equal([(program, HashOf("one")), (other, HashOf("two"))], hashes.Select(hash => (hash.Path, hash.Sha256)));
    }

    [Fact]
    public void Other_content_of_equal_size_is_hashed_anew_though_the_time_of_writing_is_put_back()
    {
        var program = folder.File("program", "one");
        var written = File.GetLastWriteTimeUtc(program);
        Execute(program);
        WaitFor(1);
        var before = KeyOf(program);
        while (KeyOf(program).ChangedNs == before.ChangedNs)
        {
            File.WriteAllText(program, "two"); // the clock that files are stamped with moves every few milliseconds
        }

        File.SetLastWriteTimeUtc(program, written);
        Assert.Equal((before.Inode, before.Size, written), (KeyOf(program).Inode, KeyOf(program).Size, File.GetLastWriteTimeUtc(program)));
        Execute(program);
        Execute(program);
        WaitFor(2);
        hasher.Finish(this);
        Assert.Equal([HashOf("one"), HashOf("two")], hashes.Select(hash => hash.Sha256));
    }

    [Fact]
    public void Content_that_is_another_by_the_time_it_is_read_is_not_taken_for_what_was_executed()
    {
        var program = folder.File("program", "one");
        var key = KeyOf(program);
        Execute(program, key with { ChangedNs = key.ChangedNs - 1 });
        Execute(folder.File("next", "two"));
        WaitFor(1);
        Assert.Equal([HashOf("two")], hashes.Select(hash => hash.Sha256));
    }

    [Fact]
    public async Task A_file_that_grows_while_it_is_hashed_is_not_read_on()
    {
        var program = folder.File("program");
        using var file = new FileStream(program, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        string? hash = "";
        var isHashed = false;

        // It may be hashed before it was seen that it is open.
        for (var tries = 0; tries < 5 && hash is not null; tries++)
        {
            file.SetLength(128L << 20);
            var key = KeyOf(program);
            var hashing = Task.Run(() => ExecutableFile.TryHash(in key, (int)NoProcess, program));
            Assert.True(SpinWait.SpinUntil(
                () => (isHashed = hashing.IsCompleted)
                    || Directory.EnumerateFiles("/proc/self/fd").Count(link => ProcText.TryReadLink(link) == program) > 1,
                TimeSpan.FromSeconds(30)));
            file.SetLength(1L << 40);
            try
            {
                hash = await hashing.WaitAsync(TimeSpan.FromSeconds(30));
            }
            finally
            {
                file.SetLength(0);
            }

            Assert.False(isHashed && hash is null);
        }

        Assert.Null(hash);
    }

    /// <summary>65,536 files are known at most, and 8,192 wait; what is known already is no loss.</summary>
    [Fact]
    public void Files_that_find_no_place_are_counted()
    {
        var program = folder.File("program", "one");
        Execute(program);
        WaitFor(1);
        Assert.Equal(0, hasher.Lost);
        for (var i = 1u; i <= 70_000; i++)
        {
            Execute("/gone", new ExecutableKey(1, i, 1, 1));
        }

        Assert.InRange(hasher.Lost, 70_000 - 65_535, 70_000);
        var before = hasher.Lost;
        Execute(program);
        Assert.Equal(before, hasher.Lost);
    }

    [Fact]
    public void Files_that_are_left_at_the_end_are_counted()
    {
        const int Files = 20;
        using var impatient = new ExecutableHasher(TimeSpan.Zero);
        string[] large = [.. Enumerable.Range(0, Files).Select(i => folder.File($"large-{i}"))];
        SetLengths(large, 512L << 20);
        foreach (var path in large)
        {
            Execute(path, KeyOf(path), impatient);
        }

        impatient.Finish(this);
        SetLengths(large, 0); // nobody is to read all of them
        Assert.InRange(impatient.Lost, 1, Files);
        Assert.InRange(impatient.Lost + hashes.Count, Files, Files + 1); // one may have been done in between
    }

    void IExecutableHandler.Describe(ExecutableHash hash) => hashes.Add(hash);

    public void Dispose()
    {
        hasher.Dispose();
        folder.Dispose();
    }

    private static void SetLengths(string[] paths, long length)
    {
        foreach (var path in paths)
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
            file.SetLength(length);
        }
    }

    private void WaitFor(int count) => Assert.True(SpinWait.SpinUntil(
        () =>
        {
            _ = hasher.Drain(this);
            return hashes.Count >= count;
        },
        TimeSpan.FromSeconds(30)));

    private void Execute(string path) => Execute(path, KeyOf(path));

    private void Execute(string path, ExecutableKey key, ExecutableHasher? by = null)
    {
        var name = Encoding.UTF8.GetBytes(path);
        var start = Unsafe.SizeOf<ProcessExecutedRecord>();
        var record = new ProcessExecutedRecord
        {
            Header = new RecordHeader
            {
                Type = RecordType.ProcessExecuted, Version = WireLimits.WireVersion, Length = (uint)(start + name.Length), Sequence = 1, Process = 1,
            },
            Device = key.Device,
            Inode = key.Inode,
            CtimeNs = key.ChangedNs,
            Size = key.Size,
            Pid = NoProcess,
            ExeOffset = (ushort)start,
            ExeLength = (ushort)name.Length,
            CwdOffset = (ushort)start,
            ArgvOffset = (ushort)start,
        };
        var bytes = new byte[start + name.Length];
        MemoryMarshal.Write(bytes, in record);
        name.CopyTo(bytes, start);
        Assert.True(ProcessExecutedEvent.TryRead(bytes, out var value, out var defect), $"{defect}");
        (by ?? hasher).Executed(in value);
    }

    private static ExecutableKey KeyOf(string path)
    {
        using var file = File.OpenHandle(path);
        Assert.True(FileFacts.TryRead(file, out var facts));
        return new ExecutableKey(
            (facts.DeviceMajor << 20) | facts.DeviceMinor,
            facts.Inode,
            (ulong)facts.ChangedSeconds * 1_000_000_000 + facts.ChangedNs,
            (ulong)facts.Size);
    }

    private static string HashOf(string content) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(content)));
}
