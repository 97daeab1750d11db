using Microsoft.Win32.SafeHandles;

namespace Sallyport.Agent.Host;

/// <summary>A process by pidfd_open(2): readable once it has ended, and never another process of the same number.</summary>
internal sealed unsafe class ProcessHandle : IDisposable
{
    private readonly SafeFileHandle handle;

    private ProcessHandle(SafeFileHandle handle) => this.handle = handle;

    /// <summary>Gives null when the process is gone, or its number has gone to another one.</summary>
    internal static ProcessHandle? TryOpen(ProcessIdentity process)
    {
        var descriptor = (int)Interop.Libc.syscall(Native.SYS_pidfd_open, process.Pid, 0, 0, 0);
        if (descriptor < 0)
        {
            return null;
        }

        // The number may have been used again before it was opened; from here on it cannot.
        var opened = new ProcessHandle(new SafeFileHandle(descriptor, ownsHandle: true));
        if (process.IsAlive)
        {
            return opened;
        }

        opened.Dispose();
        return null;
    }

    /// <summary>Waits until it has ended, however long that takes.</summary>
    internal void WaitForEnd()
    {
        var descriptor = new Interop.Libc.PollDescriptor { Descriptor = (int)handle.DangerousGetHandle(), Events = Native.POLLIN };
        while (Interop.Libc.poll(&descriptor, 1, -1) <= 0 && Errno.Last == Native.EINTR)
        {
            // Interrupted by a signal, as by the end of a child: it lives still.
        }
    }

    /// <summary>The same for so long; false when it lives still.</summary>
    internal bool WaitForEnd(TimeSpan timeout)
    {
        var descriptor = new Interop.Libc.PollDescriptor { Descriptor = (int)handle.DangerousGetHandle(), Events = Native.POLLIN };
        return Interop.Libc.poll(&descriptor, 1, (int)timeout.TotalMilliseconds) > 0;
    }

    /// <summary>A duplicate of one of its descriptors (pidfd_getfd(2), Linux 5.6); null when there is none.</summary>
    internal SafeFileHandle? TryTake(int descriptor)
    {
        var taken = (int)Interop.Libc.syscall(Native.SYS_pidfd_getfd, handle.DangerousGetHandle(), descriptor, 0, 0);
        return taken < 0 ? null : new SafeFileHandle(taken, ownsHandle: true);
    }

    public void Dispose() => handle.Dispose();
}
