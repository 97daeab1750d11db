using Microsoft.Win32.SafeHandles;
using Sallyport.Agent.Host;

namespace Sallyport.Agent.Control;

/// <summary>
/// Waits for the command in the foreground as `env` or `time` would: it stays in this process group, so that the
/// terminal's ^C, ^\ and ^Z reach it by themselves, and only what was sent to this process alone is passed on.
/// Stops with the command and goes on with it. Signals arrive through a signalfd with their sender, which needs them
/// blocked in every thread: see <see cref="SupervisorImage"/>.
/// </summary>
internal sealed unsafe class Supervision : IDisposable
{
    private const int InformationBytes = 128;
    private const int ByPid = 1;
    private const int NoHang = 1;
    private const int Stopped = 2;
    private const int Exited = 4;
    private const int Continued = 8;
    private const int CloseOnExecution = Native.O_CLOEXEC;
    private readonly SafeFileHandle signals;
    private readonly Func<int, bool> isOfJob;
    private bool interruptedByTerminal;

    /// <param name="isOfJob">True for a process of the job: what it sends to its whole group is not passed back.</param>
    internal Supervision(Func<int, bool> isOfJob)
    {
        this.isOfJob = isOfJob;
        _ = Interop.Libc.signal(Native.SIGCHLD, Native.SIG_DFL);
        var set = stackalloc byte[SignalSet.Bytes];
        SignalSet.Fill(set, Watched);
        var descriptor = Interop.Libc.signalfd(-1, set, CloseOnExecution);
        signals = descriptor >= 0 ? new SafeFileHandle(descriptor, true) : throw Errno.Failure("signalfd");
    }

    /// <summary>Signals that must be blocked in every thread of this process.</summary>
    internal static ulong Watched { get; } = SignalSet.Of(
        Native.SIGHUP, Native.SIGINT, Native.SIGQUIT, Native.SIGTERM, Native.SIGUSR1, Native.SIGUSR2, Native.SIGCHLD,
        Native.SIGCONT, Native.SIGTSTP, Native.SIGTTIN, Native.SIGTTOU);

    /// <summary>
    /// The terminal's ^C went to the whole group and ended the command: a script that called this process is to see
    /// an interrupt, not an exit, or it would go on with its next line.
    /// </summary>
    internal bool ShouldDieOfInterrupt(WaitStatus status) => interruptedByTerminal && status.Signal == Native.SIGINT;

    /// <summary>Ends this process by SIGINT; comes back only when even that is not possible.</summary>
    internal static void DieOfInterrupt()
    {
        _ = Interop.Libc.signal(Native.SIGINT, Native.SIG_DFL);
        _ = Interop.Libc.kill(Environment.ProcessId, Native.SIGINT);
        SignalSet.Apply(Native.SIG_UNBLOCK, SignalSet.Of(Native.SIGINT));
    }

    /// <summary>Comes back when the process has ended.</summary>
    internal WaitStatus WaitFor(int pid)
    {
        while (true)
        {
            if (TryReap(pid) is not { } status)
            {
                ReadSignal(pid);
                continue;
            }

            // A ^C that ended the command before this loop began waits to be read: it was for the whole group.
            while (IsSignalWaiting())
            {
                ReadSignal(pid: 0);
            }

            return status;
        }
    }

    private bool IsSignalWaiting()
    {
        var waiting = new Interop.Libc.PollDescriptor { Descriptor = OwnImage.Number(signals), Events = Native.POLLIN };
        return Interop.Libc.poll(&waiting, 1, 0) == 1;
    }

    /// <param name="pid">Who gets what is to be passed on; 0 for nobody.</param>
    private void ReadSignal(int pid)
    {
        var information = stackalloc byte[InformationBytes];
        if (Interop.Libc.read(signals, information, InformationBytes) == InformationBytes)
        {
            Pass(pid, signal: *(int*)information, code: *(int*)(information + 8), sender: *(int*)(information + 12));
        }
        else if (Errno.Last != Native.EINTR)
        {
            throw Errno.Failure("read of signals");
        }
    }

    public void Dispose() => signals.Dispose();

    private void Pass(int pid, int signal, int code, int sender)
    {
        if (signal == Native.SIGCHLD)
        {
            return;
        }

        if (code == Native.SI_KERNEL)
        {
            interruptedByTerminal |= signal == Native.SIGINT;
            return;
        }

        if (pid != 0 && (signal == Native.SIGCONT || !isOfJob(sender)))
        {
            // Gone already: its end is read next.
            _ = Interop.Libc.kill(pid, signal);
        }
    }

    private static WaitStatus? TryReap(int pid)
    {
        var information = stackalloc byte[InformationBytes];
        while (true)
        {
            new Span<byte>(information, InformationBytes).Clear();
            if (Interop.Libc.waitid(ByPid, (uint)pid, information, Exited | Stopped | Continued | NoHang) != 0)
            {
                return Errno.Last == Native.EINTR ? null : throw Errno.Failure($"waitid({pid})");
            }

            var code = *(int*)(information + 8);
            var status = *(int*)(information + 24);
            switch (code)
            {
                case 1: // CLD_EXITED
                    return new WaitStatus(status, null);
                case 2 or 3: // CLD_KILLED, CLD_DUMPED
                    return new WaitStatus(null, status);
                case 5: // CLD_STOPPED: the caller's shell is to see this process stop as well.
                    _ = Interop.Libc.kill(Environment.ProcessId, Native.SIGSTOP);
                    break;
                case 0: // Nothing changed.
                    return null;
            }
        }
    }
}
