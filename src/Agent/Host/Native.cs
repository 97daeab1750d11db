namespace Sallyport.Agent.Host;

/// <summary>Numbers of Linux that this process passes to libc; equal on x86_64 and aarch64 unless said.</summary>
internal static class Native
{
    internal const int STDERR_FILENO = 2;

    internal const int O_WRONLY = 1;
    internal const int O_RDWR = 2;
    internal const int O_CREAT = 0x40;
    internal const int O_EXCL = 0x80;
    internal const int O_APPEND = 0x400;
    internal const int O_NONBLOCK = 0x800;
    internal const int O_CLOEXEC = 0x80000;
    internal const int F_GETFD = 1;
    internal const int F_SETFD = 2;
    internal const int FD_CLOEXEC = 1;

    internal const int EPERM = 1;
    internal const int ENOENT = 2;
    internal const int EINTR = 4;
    internal const int EIO = 5;
    internal const int ENOEXEC = 8;
    internal const int EAGAIN = 11;
    internal const int EACCES = 13;
    internal const int ENOTDIR = 20;
    internal const int ENOSPC = 28;
    internal const int ENOBUFS = 105;

    internal const int SIGHUP = 1;
    internal const int SIGINT = 2;
    internal const int SIGQUIT = 3;
    internal const int SIGKILL = 9;
    internal const int SIGUSR1 = 10;
    internal const int SIGUSR2 = 12;
    internal const int SIGPIPE = 13;
    internal const int SIGTERM = 15;
    internal const int SIGCHLD = 17;
    internal const int SIGCONT = 18;
    internal const int SIGSTOP = 19;
    internal const int SIGTSTP = 20;
    internal const int SIGTTIN = 21;
    internal const int SIGTTOU = 22;

    /// <summary>si_code of a signal that the kernel sent, which is how a terminal's ^C arrives.</summary>
    internal const int SI_KERNEL = 0x80;

    internal const nint SIG_DFL = 0;
    internal const nint SIG_IGN = 1;
    internal const int SIG_BLOCK = 0;
    internal const int SIG_UNBLOCK = 1;
    internal const int SIG_SETMASK = 2;

    internal const short POLLIN = 1;
    internal const short POLLPRI = 2;
    internal const short POLLOUT = 4;
    internal const short POLLHUP = 0x10;

    internal const int PR_SET_NAME = 15;
    internal const int PR_SET_DUMPABLE = 4;
    internal const int CLOCK_REALTIME = 0;
    internal const int CLOCK_BOOTTIME = 7;

    /// <summary>pidfd_open(2): one number on every architecture.</summary>
    internal const int SYS_pidfd_open = 434;

    /// <summary>pidfd_getfd(2), the same.</summary>
    internal const int SYS_pidfd_getfd = 438;

    /// <summary>pidfd_send_signal(2): one number on every architecture.</summary>
    internal const int SYS_pidfd_send_signal = 424;
}
