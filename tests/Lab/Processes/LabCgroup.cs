using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Win32.SafeHandles;
using Sallyport.Lab.Interop;

namespace Sallyport.Lab.Processes;

/// <summary>
/// A cgroup v2 folder of one laboratory: every client process is born in it, programs are attached to it and to
/// nothing above it, and killing it leaves nobody behind. Its name carries the pid and the start time of the test
/// process, so that what a crashed run left is recognised and removed by the next; the laboratory's
/// folder of files has the same name.
/// </summary>
internal sealed partial class LabCgroup : IDisposable
{
    private const string Prefix = "sallyport-lab-";
    private static readonly Lazy<string> s_hierarchy = new(() =>
    {
        var root = FindHierarchy();
        RemoveLeftovers(root);
        return root;
    });

    private static int s_count;

    private LabCgroup(string path) => Path = path;

    public string Path { get; }

    public static LabCgroup Create()
    {
        var name = string.Create(
            CultureInfo.InvariantCulture,
            $"{Prefix}{Environment.ProcessId}-{StartTime(Environment.ProcessId)}-{Interlocked.Increment(ref s_count)}");
        return new LabCgroup(Directory.CreateDirectory(System.IO.Path.Combine(s_hierarchy.Value, name)).FullName);
    }

    /// <summary>Ends every process inside, without naming any of them; returns when none is left.</summary>
    public void Kill() => Kill(Path);

    public void Dispose() => Remove(Path);

    private static string FindHierarchy()
    {
        foreach (var line in File.ReadLines("/proc/self/mounts"))
        {
            var fields = line.Split(' ');
            if (fields.Length > 2 && fields[2] == "cgroup2")
            {
                return fields[1];
            }
        }

        throw new LabException("No cgroup v2 hierarchy is mounted; /proc/self/mounts has no line of type cgroup2.");
    }

    private static void RemoveLeftovers(string root)
    {
        foreach (var folder in Directory.EnumerateDirectories(root, Prefix + "*").Where(IsLeftover))
        {
            UnlessGone(folder, Remove);
        }

        var files = Directory.CreateDirectory(System.IO.Path.Combine(AppContext.BaseDirectory, "lab")).FullName;
        foreach (var folder in Directory.EnumerateDirectories(files).Where(IsLeftover))
        {
            UnlessGone(folder, path => Directory.Delete(path, recursive: true));
        }
    }

    /// <summary>Test processes that start side by side find the same leftovers: one of them is the quicker one.</summary>
    private static void UnlessGone(string folder, Action<string> remove)
    {
        try
        {
            remove(folder);
        }
        catch (IOException e) when (e is DirectoryNotFoundException or FileNotFoundException || !Directory.Exists(folder))
        {
        }
    }

    private static bool IsLeftover(string folder)
    {
        var match = NamePattern().Match(System.IO.Path.GetFileName(folder));
        return match.Success &&
            StartTime(int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)) != match.Groups[2].Value;
    }

    /// <summary>Field 22 of /proc/PID/stat; null when there is no such process.</summary>
    private static string? StartTime(int pid)
    {
        try
        {
            var stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/stat"));
            return stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[19];
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException or IOException)
        {
            return null;
        }
    }

    private static void Kill(string path)
    {
        using var events = File.OpenHandle(System.IO.Path.Combine(path, "cgroup.events"));
        var deadline = Environment.TickCount64 + 30_000;
        while (IsPopulated(events))
        {
            // Again each time: a process that was on its way in may have come since.
            File.WriteAllText(System.IO.Path.Combine(path, "cgroup.kill"), "1");
            var wait = new Libc.PollFd { Descriptor = (int)events.DangerousGetHandle(), Events = Libc.POLLPRI };
            // The kernel signals each change of cgroup.events; the short limit covers one that came before the poll. The end of
            // a child interrupts it (SIGCHLD): that is no failure.
            _ = Libc.poll(ref wait, 1, 20);
            if (Environment.TickCount64 > deadline)
            {
                throw new LabException($"Processes of {path} are still alive 30 s after cgroup.kill: {Members(path)}");
            }
        }
    }

    private static string Members(string path) => string.Join("; ", Directory
        .EnumerateFiles(path, "cgroup.procs", SearchOption.AllDirectories).SelectMany(File.ReadLines)
        .Select(pid => $"/proc/{pid}/stat" is var stat && File.Exists(stat) ? File.ReadAllText(stat).Trim() : pid));

    private static bool IsPopulated(SafeFileHandle events)
    {
        Span<byte> text = stackalloc byte[256];
        var length = RandomAccess.Read(events, text, 0);
        return text[..length].IndexOf("populated 1"u8) >= 0;
    }

    private static void Remove(string path)
    {
        if (!Directory.Exists(path))
        {
            return;
        }

        Kill(path);
        foreach (var child in Directory.EnumerateDirectories(path, "*", SearchOption.AllDirectories)
            .OrderByDescending(folder => folder.Length))
        {
            Directory.Delete(child);
        }

        Directory.Delete(path);
    }

    [GeneratedRegex(@"^sallyport-lab-(\d+)-(\d+)-\d+$")]
    private static partial Regex NamePattern();
}
