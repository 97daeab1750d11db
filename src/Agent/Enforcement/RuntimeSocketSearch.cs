using Sallyport.Agent.Host;

namespace Sallyport.Agent.Enforcement;

/// <summary>Whether a path leads to a runtime's socket, by device and inode of the file.</summary>
internal static class RuntimeSocketSearch
{
    /// <param name="view">Of the process that connected; null when it is gone.</param>
    /// <param name="path">What it connected to, not abstract.</param>
    /// <param name="sockets">Where the runtimes listen.</param>
    /// <returns>True also when it cannot be known.</returns>
    /// <remarks>
    /// Many programs ask at a path of the system (<c>/run/nscd/socket</c>) and end before they can be looked at. Where nobody
    /// but root could have laid a link, this process's own view says as much as theirs would.
    /// </remarks>
    internal static bool MayLead(ProcessView? view, ReadOnlySpan<byte> path, IReadOnlyList<RuntimeSocket> sockets)
    {
        if (view is not null)
        {
            return MayLead(view, path, sockets, out _);
        }

        using var own = ProcessView.TryOpen(Environment.ProcessId);
        return own is null || path[0] != (byte)'/'
            || MayLead(own, path, sockets, out var onlyRootWrites) || !onlyRootWrites;
    }

    private static bool MayLead(
        ProcessView view, ReadOnlySpan<byte> path, IReadOnlyList<RuntimeSocket> sockets, out bool onlyRootWrites)
    {
        using var file = view.TryFind(path, out onlyRootWrites, out var isMissing);
        if (file is null)
        {
            return !isMissing;
        }

        return !FileStatus.TryRead(file, out var status) || sockets.Any(socket => IsAt(socket, status));
    }

    private static bool IsAt(RuntimeSocket socket, FileStatus status)
    {
        using var file = socket.TryOpen();
        return file is not null && FileStatus.TryRead(file, out var own) && own.IsSameFile(status);
    }
}
