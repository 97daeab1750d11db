using System.Collections.Immutable;
using Microsoft.Win32.SafeHandles;
using Sallyport.Agent.Host;

namespace Sallyport.Agent.Enforcement.DockerSocket;

/// <summary>
/// Sees the agent's socket go from the place where the job finds it: root in the job can unmount it, and a daemon that starts
/// again takes the file below away. mountinfo of proc(5) wakes at each change of that mount namespace.
/// </summary>
internal sealed class OverlayWatch : IDisposable
{
    private const short Changed = 2 | 8; // POLLPRI, POLLERR

    private readonly ProcessView view;
    private readonly SafeFileHandle mounts;
    private readonly ImmutableArray<(string Path, FileStatus Own)> places;
    private readonly Action<string> onGone;
    private readonly DescriptorPipe end = DescriptorPipe.Open();
    private readonly Thread thread;

    private OverlayWatch(
        ProcessView view, SafeFileHandle mounts, ImmutableArray<(string Path, FileStatus Own)> places, Action<string> onGone)
    {
        this.view = view;
        this.mounts = mounts;
        this.places = places;
        this.onGone = onGone;
        thread = new Thread(Run) { Name = "mounts", IsBackground = true };
        thread.Start();
    }

    /// <summary>Begins to watch what a process of the job sees; null when it is gone.</summary>
    /// <param name="pid">Of the job, before it runs anything of its own.</param>
    /// <param name="places">Paths, and the files that they lead to now.</param>
    /// <param name="onGone">Called once for a path that leads elsewhere, on a thread of this object.</param>
    internal static OverlayWatch? TryBegin(
        int pid, ImmutableArray<(string Path, FileStatus Own)> places, Action<string> onGone)
    {
        var view = ProcessView.TryOpen(pid);
        var descriptor = Interop.Libc.open($"/proc/{pid}/mountinfo", Native.O_CLOEXEC, 0);
        if (view is null || descriptor < 0)
        {
            view?.Dispose();
            return null;
        }

        return new OverlayWatch(view, new SafeFileHandle(descriptor, ownsHandle: true), places, onGone);
    }

    public void Dispose()
    {
        end.Writer.Dispose();
        thread.Join();
        end.Dispose();
        view.Dispose();
        mounts.Dispose();
    }

    private unsafe void Run()
    {
        var left = places.ToList();
        var waited = stackalloc Interop.Libc.PollDescriptor[2];
        while (left.Count > 0)
        {
            waited[0] = new Interop.Libc.PollDescriptor { Descriptor = (int)mounts.DangerousGetHandle(), Events = Changed };
            waited[1] = new Interop.Libc.PollDescriptor { Descriptor = (int)end.Reader.DangerousGetHandle() };
            _ = Interop.Libc.poll(waited, 2, -1);
            if ((waited[1].Returned & Native.POLLHUP) != 0)
            {
                return;
            }

            foreach (var place in left.FindAll(place => !IsThere(place.Path, place.Own)))
            {
                _ = left.Remove(place);
                onGone(place.Path);
            }
        }
    }

    private bool IsThere(string path, FileStatus own)
    {
        using var file = view.TryFind(path);
        return file is not null && FileStatus.TryRead(file, out var status) && status.IsSameFile(own);
    }
}
