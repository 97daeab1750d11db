using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Sallyport.Agent.Host;

namespace Sallyport.Agent.Control;

/// <summary>
/// <c>sallyport internal launch GATE REPORT</c>: becomes the job's command. Reads its order from the gate, waits there
/// for one byte (the agent has tagged this process and put it into the job's cgroup by then), takes on the user, and
/// executes the command. The pipe to report on closes by itself when that succeeds. With files to be shown in the place of
/// others, the first byte of the report says how many are.
/// </summary>
internal static unsafe class CommandLauncher
{
    /// <summary>Read at once; most orders are shorter.</summary>
    private const int OrderBytes = 64 * 1024;

    internal static int Run(string gateNumber, string reportNumber)
    {
        var gate = int.Parse(gateNumber, CultureInfo.InvariantCulture);
        var report = int.Parse(reportNumber, CultureInfo.InvariantCulture);
        LaunchOrder order;
        using (var handle = new SafeFileHandle(gate, ownsHandle: true))
        using (var stream = new FileStream(handle, FileAccess.Read, OrderBytes))
        {
            try
            {
                order = LaunchOrder.Read(stream);
            }
            catch (EndOfStreamException)
            {
                return Fail(report, LaunchFailure.NotReleased, 0, ExitCode.SallyportFailed);
            }

            if (!order.Overlays.IsEmpty)
            {
                var placed = (byte)OverlayMounts.Place(order.Overlays);
                _ = Interop.Libc.write(report, &placed, 1);
            }

            if (stream.ReadByte() < 0)
            {
                return Fail(report, LaunchFailure.NotReleased, 0, ExitCode.SallyportFailed);
            }
        }

        CloseOnExecution(order.Descriptors);
        if (!TakeOn(order))
        {
            return Fail(report, LaunchFailure.Identity, Errno.Last, ExitCode.NotPermitted);
        }

        RestoreSignals(order);
        var error = Execute(order);
        return Fail(report, LaunchFailure.Execution, error, error == Native.ENOENT ? ExitCode.NotFound : ExitCode.NotExecutable);
    }

    private static void CloseOnExecution(ImmutableArray<int> kept)
    {
        foreach (var descriptor in CallerState.OpenDescriptors())
        {
            // A descriptor that the listing itself used is closed by now: nothing to mark.
            _ = Interop.Libc.fcntl(descriptor, Native.F_SETFD, kept.Contains(descriptor) ? 0 : Native.FD_CLOEXEC);
        }
    }

    private static bool TakeOn(LaunchOrder order)
    {
        if (order.User is not { } user)
        {
            return true;
        }

        fixed (uint* groups = order.Groups.ToArray())
        {
            return Interop.Libc.setgroups((nuint)order.Groups.Length, groups) == 0
                && Interop.Libc.setresgid(order.Group, order.Group, order.Group) == 0
                && Interop.Libc.setresuid(user, user, user) == 0;
        }
    }

    /// <summary>Handlers go with execve; what is ignored stays ignored, and the runtime ignores SIGPIPE.</summary>
    private static void RestoreSignals(LaunchOrder order)
    {
        for (var signal = 1; signal < 32; signal++)
        {
            if (signal is not Native.SIGKILL and not Native.SIGSTOP)
            {
                var ignored = (order.IgnoredSignals >> (signal - 1) & 1) != 0;
                _ = Interop.Libc.signal(signal, ignored ? Native.SIG_IGN : Native.SIG_DFL);
            }
        }

        RestoreCancellation();
        SignalSet.Apply(Native.SIG_SETMASK, order.BlockedSignals);
    }

    /// <summary>
    /// posix_spawn of glibc leaves its own signal 32 ignored in the child, and glibc's signal(3) refuses to touch it: the
    /// system call does not. A zeroed struct kernel_sigaction is SIG_DFL.
    /// </summary>
    private static void RestoreCancellation()
    {
        var number = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 13 : 134;
        var disposition = stackalloc byte[64];
        new Span<byte>(disposition, 64).Clear();
        _ = Interop.Libc.syscall(number, 32, (nint)disposition, 0, 8);
    }

    private static int Execute(LaunchOrder order)
    {
        using var arguments = new ZeroTerminated(order.Arguments);
        using var environment = new ZeroTerminated(order.Environment);
        var result = Native.ENOENT;
        foreach (var candidate in CommandSearch.Candidates(order.Arguments[0], order.Environment))
        {
            var error = Replace(candidate, arguments, environment);
            switch (error)
            {
                case Native.ENOENT or Native.ENOTDIR:
                    break;
                case Native.EACCES:
                    result = error;
                    break;
                case Native.ENOEXEC:
                    // A script without #!, as execvp(3) and every shell treat it.
                    using (var script = new ZeroTerminated(
                        ["/bin/sh"u8.ToArray(), candidate, .. order.Arguments.AsSpan()[1..]]))
                    {
                        _ = Replace("/bin/sh"u8.ToArray(), script, environment);
                    }

                    return error;
                default:
                    return error;
            }
        }

        return result;
    }

    /// <summary>Comes back only with an error.</summary>
    private static int Replace(byte[] path, ZeroTerminated arguments, ZeroTerminated environment)
    {
        fixed (byte* text = (byte[])[.. path, 0])
        {
            _ = Interop.Libc.execve(text, arguments.Pointer, environment.Pointer);
            return Errno.Last;
        }
    }

    private static int Fail(int report, LaunchFailure failure, int error, int exitCode)
    {
        var message = stackalloc byte[5];
        message[0] = (byte)failure;
        BitConverter.TryWriteBytes(new Span<byte>(message + 1, 4), error);
        _ = Interop.Libc.write(report, message, 5);
        return exitCode;
    }
}
