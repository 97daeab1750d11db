using System.Runtime.InteropServices;

namespace Sallyport.Runner.Working;

/// <summary>The calls of libc for which .NET has no class.</summary>
internal static partial class Libc
{
    public const int SIGINT = 2;
    public const int SIGKILL = 9;
    public const int SIGTERM = 15;
    private const nint SIG_DFL = 0;
    private const int F_SETFD = 2;
    private const int FD_CLOEXEC = 1;

    public static void CloseOnExec(int descriptor)
    {
        if (fcntl(descriptor, F_SETFD, FD_CLOEXEC) < 0)
        {
            throw new RunnerException($"fcntl({descriptor}): {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    /// <summary>A shell starts what it has in the background with SIGINT ignored, and so would steps begin; a runner's do not.</summary>
    public static void HeedInterrupts() => _ = signal(SIGINT, SIG_DFL);

    [LibraryImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint signal(int signal, nint action);

    [LibraryImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int kill(int pid, int signal);

    [LibraryImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int fcntl(int descriptor, int command, int argument);
}
