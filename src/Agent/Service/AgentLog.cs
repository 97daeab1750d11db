using Microsoft.Win32.SafeHandles;
using Sallyport.Agent.Configuration;
using Sallyport.Agent.Host;

namespace Sallyport.Agent.Service;

/// <summary>
/// Where the words of an agent go that a job has started, and of what watches its jobs: nobody has its standard error. That of a unit
/// goes to the journal.
/// </summary>
internal static class AgentLog
{
    /// <summary>For root, until the machine starts again.</summary>
    internal const string Path = AgentFolders.State + "/agent.log";

    /// <summary>What is left of earlier agents is dropped past it. One agent has a few lines for each job.</summary>
    private const int MostBytes = 1 << 20;

    /// <summary>To write at its end, whoever else does; null when it cannot be had.</summary>
    internal static SafeFileHandle? TryOpen()
    {
        const UnixFileMode RootAlone = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        RootFolder.Ensure(AgentFolders.State); // to which nobody else may write
        var descriptor = Interop.Libc.open(Path, Native.O_WRONLY | Native.O_APPEND | Native.O_CREAT | Native.O_CLOEXEC, (int)RootAlone);
        if (descriptor < 0)
        {
            return null;
        }

        var log = new SafeFileHandle(descriptor, ownsHandle: true);
        if (RandomAccess.GetLength(log) > MostBytes)
        {
            RandomAccess.SetLength(log, 0);
        }

        return log;
    }

    /// <summary>This process's own standard error: of the service, for what it starts. Null when it has none.</summary>
    internal static SafeFileHandle? OfThisProcess() =>
        Interop.Libc.fcntl(Native.STDERR_FILENO, Native.F_GETFD, 0) < 0 ? null : new SafeFileHandle(Native.STDERR_FILENO, ownsHandle: false);
}
