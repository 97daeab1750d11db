using System.Text;
using Sallyport.Agent.Host;

namespace Sallyport.Agent.Files;

/// <summary>
/// Programs whose writing to tracked files is no finding: git where distributions put it, when nobody but root can change it, and
/// what the policy names. Known by path and inode, so that another file mounted over the path is another program.
/// </summary>
internal sealed class TrustedPrograms
{
    private const int MostPrograms = 1024;
    private static readonly string[] Programs = ["/usr/bin/git", "/usr/local/bin/git", "/usr/bin/git-lfs", "/usr/local/bin/git-lfs"];
    private static readonly string[] Folders = ["/usr/lib/git-core", "/usr/libexec/git-core", "/usr/local/libexec/git-core"];

    private readonly Dictionary<string, ulong> inodes = new(StringComparer.Ordinal);
    private readonly HashSet<string> tools;

    /// <param name="tools">By path, as the policy names them.</param>
    internal TrustedPrograms(IEnumerable<string> tools) => this.tools = new HashSet<string>(tools, StringComparer.Ordinal);

    /// <summary>Whether a process that runs this file is trusted.</summary>
    /// <param name="path">By its inode, as the kernel says.</param>
    /// <param name="inode">The kernel's.</param>
    /// <param name="inContainer">The path is one of a container's: there the name alone says it, and root there can take it.</param>
    internal bool Contains(ReadOnlySpan<byte> path, ulong inode, bool inContainer)
    {
        var text = Encoding.UTF8.GetString(path);
        if (tools.Contains(text))
        {
            return true;
        }

        if (!IsPlace(text))
        {
            return false;
        }

        // Looked at when it is first run; installed or replaced meanwhile: whoever could do that is root.
        return inContainer || (inodes.TryGetValue(text, out var known) && known == inode) || (Learn(text) && inodes[text] == inode);
    }

    private static bool IsPlace(string path) =>
        Programs.Contains(path) || Folders.Any(folder => path.StartsWith(folder + "/", StringComparison.Ordinal));

    private bool Learn(string path)
    {
        using var file = PathHandle.TryOpen(path);
        if (file is null || !FileStatus.TryRead(file, out var status) || !status.OnlyRootWrites
            || (inodes.Count >= MostPrograms && !inodes.ContainsKey(path)))
        {
            return false;
        }

        inodes[path] = status.Inode;
        return true;
    }
}
