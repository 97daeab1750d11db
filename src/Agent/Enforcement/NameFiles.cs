using System.Text;
using Microsoft.Win32.SafeHandles;
using Sallyport.Agent.Host;
using Sallyport.Wire;

namespace Sallyport.Agent.Enforcement;

/// <summary>
/// Compares resolv.conf, hosts and nsswitch.conf with what they were, whenever somebody wrote to them, replaced them or mounted
/// over them, and when the job ends.
/// </summary>
internal sealed class NameFiles : IDisposable
{
    private const string Folder = "/etc";

    private readonly FileNotifications? notifications = FileNotifications.TryOpen();
    private readonly Action<ChangeSource, uint, byte[]> tell;
    private readonly Func<uint, bool> isOfJob;
    private volatile string? looking;
    private readonly NameFile[] files =
        [new("/etc/resolv.conf"), new("/etc/hosts"), new("/etc/nsswitch.conf")];

    /// <param name="isOfJob">Whether a pid is, or was a moment ago, a process of the job.</param>
    /// <param name="tell">Takes a change: the pid when the job did it, else 0.</param>
    internal NameFiles(Func<uint, bool> isOfJob, Action<ChangeSource, uint, byte[]> tell)
    {
        this.isOfJob = isOfJob;
        this.tell = tell;
        Mounts = File.OpenHandle("/proc/self/mountinfo");
        Watch();
    }

    /// <summary>Readable when something happened to one of the files; null when nobody tells.</summary>
    internal SafeFileHandle? Notifications => notifications?.Descriptor;

    /// <summary>The file that is being looked at; null for none. May be read by any thread.</summary>
    internal string? Looking => looking;

    /// <summary>Signals POLLPRI when something was mounted (proc(5)).</summary>
    internal SafeFileHandle Mounts { get; }

    /// <summary>
    /// Takes what fanotify has. What a process of the job wrote is told even when the file says by now what it said before:
    /// somebody may have looked a name up meanwhile.
    /// </summary>
    internal void TakeNotifications() => notifications?.Drain((name, pid, isWritten) =>
    {
        foreach (var file in files)
        {
            if (name == Path.GetFileName(file.Path) || name == Path.GetFileName(file.Target))
            {
                var isAnother = isWritten && pid != file.Writer && isOfJob((uint)pid);
                file.Writer = isWritten ? pid : file.Writer;
                Compare(file, isAnother);
            }
        }
    });

    /// <summary>Looks at all of them, whoever did it.</summary>
    internal void CompareAll()
    {
        TakeNotifications();
        foreach (var file in files)
        {
            Compare(file, tellAnyway: false);
        }
    }

    public void Dispose()
    {
        notifications?.Dispose();
        Mounts.Dispose();
    }

    private void Compare(NameFile file, bool tellAnyway)
    {
        looking = file.Path;
        if (file.HasChanged(out var added) || tellAnyway)
        {
            var pid = isOfJob((uint)file.Writer) ? (uint)file.Writer : 0;
            tell(ChangeSource.File, pid, Encoding.UTF8.GetBytes($"{file.Path}\0{added}"));
            Watch();
        }

        looking = null;
    }

    /// <summary>Again after each change: another file may stand in its place.</summary>
    private void Watch()
    {
        _ = notifications?.TryWatchFolder(Folder);
        foreach (var file in files)
        {
            _ = notifications?.TryWatchFile(file.Path);
            if (Path.GetDirectoryName(file.Target) is { } folder && folder != Folder)
            {
                _ = notifications?.TryWatchFolder(folder);
            }
        }
    }
}
