using System.Text;
using Microsoft.Win32.SafeHandles;
using Sallyport.Agent.Host;

namespace Sallyport.Agent.Control;

/// <summary>
/// Starts this very program again for an internal task. The runtime cannot fork; a second image of the program
/// that is running, by /proc/self/exe, cannot be another one than this.
/// </summary>
internal static unsafe class OwnImage
{
    internal const string Path = "/proc/self/exe";
    private const int StateBytes = 512;
    private const short SetSession = 0x80;
    private const int OpenReadWrite = Native.O_RDWR;

    /// <summary>Replaces this process; comes back only by an exception.</summary>
    internal static void Replace(IReadOnlyList<byte[]> arguments)
    {
        using var list = new ZeroTerminated(arguments);
        using var environment = new ZeroTerminated(RawProcess.Environment());
        fixed (byte* path = "/proc/self/exe\0"u8)
        {
            _ = Interop.Libc.execve(path, list.Pointer, environment.Pointer);
        }

        throw Errno.Failure($"{Path} cannot be executed");
    }

    /// <summary>A child in this session with this terminal and the descriptors that have no close-on-exec.</summary>
    internal static int Start(IReadOnlyList<string> arguments, params ReadOnlySpan<SafeFileHandle> passed) =>
        Spawn(arguments, [], apart: false, passed);

    /// <summary>A child in a session of its own, with nothing of the caller's.</summary>
    internal static int StartApart(
        IReadOnlyList<string> arguments, IEnumerable<int> closed, params ReadOnlySpan<SafeFileHandle> passed) =>
        Spawn(arguments, closed, apart: true, passed);

    /// <summary>
    /// As <see cref="StartApart"/>, with nothing of the caller's environment either: no variable of a job reaches what runs
    /// as root, and the runner does not take it for a process of the job's (RUNNER_TRACKING_ID).
    /// </summary>
    internal static int StartDaemon(
        IReadOnlyList<string> arguments, IEnumerable<int> closed, params ReadOnlySpan<SafeFileHandle> passed) =>
        Spawn(arguments, closed, apart: true, passed, DaemonEnvironment);

    /// <summary>As <see cref="StartDaemon"/>; what it says on its standard error, last words included, is heard there.</summary>
    internal static int StartHeardDaemon(
        SafeFileHandle? errors, IReadOnlyList<string> arguments, IEnumerable<int> closed, params ReadOnlySpan<SafeFileHandle> passed) =>
        Spawn(arguments, closed, apart: true, passed, DaemonEnvironment, errors);

    /// <summary>Waits for a child of this process to end.</summary>
    internal static void Reap(int pid)
    {
        const int ByPid = 1;
        const int Exited = 4;
        var information = stackalloc byte[128];
        while (Interop.Libc.waitid(ByPid, (uint)pid, information, Exited) != 0 && Errno.Last == Native.EINTR)
        {
        }
    }

    private static readonly byte[][] DaemonEnvironment =
        ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"u8.ToArray(), "LANG=C.UTF-8"u8.ToArray()];

    private static int Spawn(
        IReadOnlyList<string> arguments, IEnumerable<int> closed, bool apart, ReadOnlySpan<SafeFileHandle> passed,
        IReadOnlyList<byte[]>? variables = null, SafeFileHandle? errors = null)
    {
        var actions = stackalloc byte[StateBytes];
        var attributes = stackalloc byte[StateBytes];
        Check(Interop.Libc.posix_spawn_file_actions_init(actions));
        Check(Interop.Libc.posix_spawnattr_init(attributes));
        try
        {
            if (apart)
            {
                for (var descriptor = 0; descriptor < Native.STDERR_FILENO; descriptor++)
                {
                    Check(Interop.Libc.posix_spawn_file_actions_addopen(actions, descriptor, "/dev/null", OpenReadWrite, 0));
                }

                Check(errors is null
                    ? Interop.Libc.posix_spawn_file_actions_addopen(actions, Native.STDERR_FILENO, "/dev/null", OpenReadWrite, 0)
                    : Interop.Libc.posix_spawn_file_actions_adddup2(actions, Number(errors), Native.STDERR_FILENO));

                foreach (var descriptor in closed)
                {
                    Check(Interop.Libc.posix_spawn_file_actions_addclose(actions, descriptor));
                }

                Check(Interop.Libc.posix_spawnattr_setflags(attributes, SetSession));
            }

            foreach (var handle in passed)
            {
                var number = Number(handle);
                Check(Interop.Libc.posix_spawn_file_actions_adddup2(actions, number, number));
            }

            using var list = new ZeroTerminated([.. arguments.Select(Encoding.UTF8.GetBytes)]);
            using var environment = new ZeroTerminated(variables ?? RawProcess.Environment());
            int pid;
            fixed (byte* path = "/proc/self/exe\0"u8)
            {
                Check(Interop.Libc.posix_spawn(&pid, path, actions, attributes, list.Pointer, environment.Pointer));
            }

            return pid;
        }
        finally
        {
            _ = Interop.Libc.posix_spawnattr_destroy(attributes);
            _ = Interop.Libc.posix_spawn_file_actions_destroy(actions);
        }
    }

    /// <summary>The descriptor's number, which the child knows it by. The caller keeps the handle alive.</summary>
    internal static int Number(SafeFileHandle handle) => (int)handle.DangerousGetHandle();

    private static void Check(int error)
    {
        if (error != 0)
        {
            throw Errno.Failure($"{Path} cannot be started again", error);
        }
    }
}
