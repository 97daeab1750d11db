using System.Text;
using Sallyport.Agent.Core.Git;
using Sallyport.Agent.Host;

namespace Sallyport.Agent.Files;

/// <summary>Finds work trees of git and reads what their index says. No git is run.</summary>
internal static class WorkTrees
{
    private const int MostIndex = 64 << 20;
    private const int MostConfig = 256 * 1024;
    private const int MostPath = 4096;

    /// <summary>Folders that are looked into for work trees, and how deep: a runner has its workspace two below, and actions/checkout puts more there.</summary>
    private const int MostFolders = 4096;

    private const int MostDepth = 5;

    /// <summary>Of the indexes of all trees that are found so, but for the first: some 100 bytes a file.</summary>
    private const long MostIndexes = 16 << 20;

    /// <summary>The work tree that a folder is in: its root and where its index is; null when it is in none.</summary>
    internal static WorkTreePlace? Around(string folder)
    {
        for (var root = folder.TrimEnd('/'); root.Length > 0; root = Path.GetDirectoryName(root) ?? string.Empty)
        {
            if (GitFolderOf(root) is { } gitFolder)
            {
                return new WorkTreePlace(root, gitFolder, ConfigOf(gitFolder).Hash);
            }
        }

        return null;
    }

    /// <summary>
    /// Work trees in a folder and below it, the one whose index changed last first. Bounded; links are not followed, and no tree is an
    /// overflow: what is not found is known when git writes its index.
    /// </summary>
    /// <param name="folder">Where to look; the root of the machine is nobody's workspace, and nothing is looked for.</param>
    /// <param name="since">Only those whose index changed since; wall clock.</param>
    internal static List<WorkTreePlace> Below(string folder, DateTimeOffset since)
    {
        var found = new List<(WorkTreePlace Place, DateTimeOffset Changed, long Bytes)>();
        var waiting = new Queue<(string Folder, int Depth)>();
        var left = MostFolders;
        if (folder.TrimEnd('/') is { Length: > 0 } top)
        {
            waiting.Enqueue((top, 0));
        }

        while (waiting.TryDequeue(out var next))
        {
            if (GitFolderOf(next.Folder) is { } gitFolder && IndexOf(gitFolder) is var (changed, bytes) && changed >= since)
            {
                found.Add((new WorkTreePlace(next.Folder, gitFolder, ConfigOf(gitFolder).Hash), changed, bytes));
            }

            foreach (var below in next.Depth < MostDepth ? FoldersIn(next.Folder, left) : [])
            {
                left--;
                waiting.Enqueue((below, next.Depth + 1));
            }
        }

        var total = 0L;
        return [.. found.OrderByDescending(one => one.Changed).TakeWhile((one, at) => (total += one.Bytes) <= MostIndexes || at == 0).Select(one => one.Place)];
    }

    private static List<string> FoldersIn(string folder, int most)
    {
        try
        {
            return [.. Directory.EnumerateDirectories(folder, "*", new EnumerationOptions { AttributesToSkip = FileAttributes.ReparsePoint })
                .Where(path => Path.GetFileName(path) is not (".git" or "node_modules")).Take(most)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return []; // gone meanwhile
        }
    }

    /// <summary>When the index changed, by the clock that no call sets, and its length; null when there is none.</summary>
    private static (DateTimeOffset Changed, long Bytes)? IndexOf(string gitFolder)
    {
        using var index = SafeFile.TryOpenToRead(Path.Combine(gitFolder, "index"));
        return index is not null && FileFacts.TryRead(index, out var facts)
            ? (DateTimeOffset.UnixEpoch.AddSeconds(facts.ChangedSeconds).AddTicks(facts.ChangedNs / 100), facts.Size)
            : null;
    }

    /// <summary>
    /// The work tree of an index that was written; null when there is none. The tree's own <c>.git</c> must lead back here: an
    /// index of the job's making names files below folders alone that it could write to anyhow.
    /// </summary>
    internal static WorkTreePlace? OfIndexIn(string gitFolder)
    {
        var config = ConfigOf(gitFolder);
        var root = Path.GetFileName(gitFolder) == ".git"
            ? Path.GetDirectoryName(gitFolder)
            : config.WorkTree is { } tree ? Path.GetFullPath(tree, gitFolder) : LinkedTreeOf(gitFolder);
        return root is { Length: > 1 } && GitFolderOf(root) == gitFolder ? new WorkTreePlace(root, gitFolder, config.Hash) : null;
    }

    /// <summary>What the index of a tree says.</summary>
    internal static GitIndexDefect ReadIndex(string gitFolder, GitHash hash, int most, List<GitIndexEntry> entries) =>
        SafeFile.TryReadAll(Path.Combine(gitFolder, "index"), MostIndex) is { } bytes
            ? GitIndexReader.Read(bytes, hash, most, entries)
            : GitIndexDefect.NotAnIndex;

    /// <summary>A folder's <c>.git</c>, or where the file of that name leads (gitrepository-layout(5)).</summary>
    private static string? GitFolderOf(string root)
    {
        var path = Path.Combine(root, ".git");
        if (File.Exists(Path.Combine(path, "HEAD")))
        {
            return path;
        }

        const string Prefix = "gitdir: ";
        var link = SafeFile.TryReadAll(path, MostPath) is { } bytes ? Text(bytes) : string.Empty;
        return link.StartsWith(Prefix, StringComparison.Ordinal) && link.Length > Prefix.Length
            ? Path.GetFullPath(link[Prefix.Length..], root)
            : null;
    }

    /// <summary>Of a linked work tree: <c>gitdir</c> says where its <c>.git</c> is.</summary>
    private static string? LinkedTreeOf(string gitFolder) =>
        SafeFile.TryReadAll(Path.Combine(gitFolder, "gitdir"), MostPath) is { } bytes
            ? Path.GetDirectoryName(Path.GetFullPath(Text(bytes), gitFolder))
            : null;

    private static GitConfig ConfigOf(string gitFolder) => GitConfig.Read(
        SafeFile.TryReadAll(Path.Combine(GitObjects.CommonFolder(gitFolder), "config"), MostConfig));

    private static string Text(byte[] bytes) =>
        Encoding.UTF8.GetString(bytes).TrimEnd('\n', '\r').Replace("\0", string.Empty, StringComparison.Ordinal);
}
