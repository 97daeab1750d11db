using System.Diagnostics;
using Sallyport.Agent.Host;

namespace Sallyport.Agent.Tests.Runner;

/// <summary>A runner's folder of logs; padded with zeros to their size.</summary>
internal sealed class EarlierLogFolder(TestFolder folder)
{
    private readonly string path = Directory.CreateDirectory(Path.Combine(folder.Path, "_diag")).FullName;

    internal string PathOf(string name) => Path.Combine(path, name);

    internal string Add(string name, string text, long size)
    {
        using var file = Open(name, text);
        file.SetLength(Math.Max(size, file.Length));
        return PathOf(name);
    }

    internal FileStream Open(string name, string text)
    {
        var file = new FileStream(PathOf(name), FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite, 1);
        file.Write(System.Text.Encoding.UTF8.GetBytes(text));
        return file;
    }

    internal void Give(string file, int owner)
    {
        using var chown = Process.Start("chown", [$"{owner}", file]);
        chown.WaitForExit();
        Assert.Equal(0, chown.ExitCode);
    }

    /// <summary>A process that has a log open and began after another file was last changed: start times have hundredths of a second.</summary>
    internal Process Hold(string log, string after)
    {
        Assert.True(FileFacts.TryRead(after, out var facts));
        var changedNs = (facts.ChangedSeconds * 1_000_000_000) + facts.ChangedNs;
        while (true)
        {
            var process = Process.Start("sh", ["-c", "exec sleep 60 3>> \"$0\"", log]);
            var lead = (long)BootClock.RealNowNs() - BootClock.NowNs();
            if (ProcessIdentity.Of(process.Id)!.StartTicks * 10_000_000 + lead > changedNs)
            {
                return process;
            }

            process.Kill();
            process.Dispose();
        }
    }
}
