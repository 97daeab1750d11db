using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Sallyport.Agent.Host;

/// <summary>
/// The file system as a process sees it: its root, its working folder, its mounts. What it finds is only looked at (O_PATH),
/// never opened for reading.
/// </summary>
internal sealed class ProcessView : IDisposable
{
    private readonly string proc;
    private readonly SafeFileHandle root;
    private readonly SafeFileHandle folder;

    /// <param name="root">Where its paths begin and where <c>..</c> ends.</param>
    /// <param name="folder">Where relative paths begin.</param>
    /// <param name="proc">What <c>/proc/self</c> is to it.</param>
    internal ProcessView(SafeFileHandle root, SafeFileHandle folder, string proc)
    {
        this.root = root;
        this.folder = folder;
        this.proc = proc;
    }

    /// <summary>Gives null when the process is gone.</summary>
    internal static ProcessView? TryOpen(int pid)
    {
        var proc = string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}");
        var root = PathHandle.TryOpen(proc + "/root");
        var folder = PathHandle.TryOpen(proc + "/cwd");
        if (root is not null && folder is not null)
        {
            return new ProcessView(root, folder, proc);
        }

        root?.Dispose();
        folder?.Dispose();
        return null;
    }

    /// <summary>Follows a path as the process would have.</summary>
    /// <param name="path">As the process gave it to the kernel; without the terminating NUL.</param>
    /// <param name="onlyRootWrites">Whether nobody but root could have changed anything on the way.</param>
    /// <param name="isMissing">Whether a null result means that there is no such file, and not that it cannot be seen.</param>
    /// <returns>The file itself, opened with O_PATH; null when it cannot be reached.</returns>
    internal SafeFileHandle? TryFind(ReadOnlySpan<byte> path, out bool onlyRootWrites, out bool isMissing)
    {
        using var walk = new PathWalk(root, folder, proc);
        var found = walk.TryGo(path);
        onlyRootWrites = walk.OnlyRootWrites;
        isMissing = walk.IsMissing;
        return found;
    }

    /// <summary>As above, of a path that is trusted.</summary>
    internal SafeFileHandle? TryFind(string path) => TryFind(Encoding.UTF8.GetBytes(path), out _, out _);

    public void Dispose()
    {
        root.Dispose();
        folder.Dispose();
    }
}
