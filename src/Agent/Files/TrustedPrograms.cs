using System.Text;
using Sallyport.Agent.Core.Decoding;
using Sallyport.Agent.Executables;
using Sallyport.Agent.Host;

namespace Sallyport.Agent.Files;

/// <summary>
/// Programs whose writing to tracked files is no finding: git where distributions put it, when nobody but root can change it, and
/// what the policy names. Known by path, inode, change time and size, so that another file that a process of the job mounted over the path
/// is another program. Not by its device, which stat(2) calls otherwise than the kernel on btrfs and overlayfs.
/// </summary>
internal sealed class TrustedPrograms
{
    private const int MostPrograms = 1024;
    private static readonly string[] Programs = ["/usr/bin/git", "/usr/local/bin/git", "/usr/bin/git-lfs", "/usr/local/bin/git-lfs"];
    private static readonly string[] Folders = ["/usr/lib/git-core", "/usr/libexec/git-core", "/usr/local/libexec/git-core"];

    private readonly Dictionary<string, ExecutableKey> known = new(StringComparer.Ordinal);
    private readonly HashSet<string> tools;

    /// <param name="tools">By path, as the policy names them.</param>
    internal TrustedPrograms(IEnumerable<string> tools) => this.tools = new HashSet<string>(tools, StringComparer.Ordinal);

    /// <summary>Whether a process that runs this file is trusted.</summary>
    /// <param name="path">By its inode, as the kernel says.</param>
    /// <param name="key">The kernel's.</param>
    /// <param name="inContainer">The path is one of a container's: there the name alone says it, and root there can take it.</param>
    internal bool Contains(ReadOnlySpan<byte> path, in ExecutableKey key, bool inContainer)
    {
        var text = Encoding.UTF8.GetString(path);
        var isTool = tools.Contains(text);
        if (!isTool && !IsPlace(text))
        {
            return false;
        }

        // Looked at when it is first run; installed or replaced meanwhile: of git, whoever could do that is root.
        return inContainer || IsKnown(text, in key) || (Learn(text, isTool) && IsKnown(text, in key));
    }

    private bool IsKnown(string path, in ExecutableKey key) =>
        known.TryGetValue(path, out var file) && file == key with { Device = file.Device };

    private static bool IsPlace(string path) =>
        Programs.Contains(path) || Folders.Any(folder => path.StartsWith(folder + "/", StringComparison.Ordinal));

    private bool Learn(string path, bool isTool)
    {
        using var file = PathHandle.TryOpen(path);
        if (file is null || !FileFacts.TryRead(file, out var facts) || !(isTool || FileStatus.Of(in facts).OnlyRootWrites)
            || (known.Count >= MostPrograms && !known.ContainsKey(path)))
        {
            return false;
        }

        known[path] = ExecutableFile.KeyOf(in facts);
        return true;
    }
}
