using System.Collections.Immutable;
using System.Text;
using Sallyport.Agent.Core.Decoding;
using Sallyport.Agent.Core.Files;

namespace Sallyport.Agent.Files;

/// <summary>
/// Paths of the folders that notices tell by handle, as far as they are below the watched places. A folder is asked for once, if
/// no notice said before what it is. Bounded by <see cref="MostFolders"/>, then forgotten and asked for anew.
/// </summary>
internal sealed class FolderPaths(WorkTreeFinder finder, ImmutableArray<string> places)
{
    private const int MostFolders = 65_536;
    private const string InGit = "/.git/";

    // "modules/logs": what comes first is not git's.
    private const int NamesOfModule = 2;

    // Null: not told of, or gone.
    private readonly Dictionary<FileKey, Folder?> known = [];

    /// <summary>The file's path, when it is in a watched place, or may be in one of a container's; else null.</summary>
    /// <param name="notice">Of something in a folder.</param>
    /// <param name="isWatched">It is in a watched place.</param>
    internal string? PathOf(in FileNotice notice, out bool isWatched)
    {
        isWatched = false;
        if (notice.FolderKey.IsNone || notice.Name.IsEmpty || notice.Name is [(byte)'.'])
        {
            return null;
        }

        if (!known.TryGetValue(notice.FolderKey, out var folder))
        {
            if (known.Count >= MostFolders)
            {
                known.Clear();
            }

            known[notice.FolderKey] = folder = Told(finder.PathOf(notice.FolderHandle)) ?? Told(finder.LaterPathOf(notice.FolderHandle, notice.FileSystem));
        }

        if (folder is not { } found || !IsTold(found.Path, notice.Name))
        {
            return null;
        }

        isWatched = found.IsWatched;
        return $"{found.Path}/{Encoding.UTF8.GetString(notice.Name)}";
    }

    /// <summary>
    /// A folder was made, renamed or removed: known from here on by what the notice says, though it may be gone when we look. What
    /// was below its old path is asked for anew.
    /// </summary>
    internal void Take(in FileNotice notice)
    {
        if (PathOf(in notice, out _) is not { } path)
        {
            return;
        }

        if (NoticeMask.TakesAway(notice.Mask))
        {
            foreach (var (key, _) in known.Where(entry => IsBelow(entry.Value?.Path, path)).ToList())
            {
                _ = known.Remove(key);
            }
        }

        if (NoticeMask.Places(notice.Mask) && !notice.ObjectKey.IsNone && known.Count < MostFolders)
        {
            known[notice.ObjectKey] = Told(path);
        }
    }

    internal static bool IsBelow(ImmutableArray<string> folders, string path) => folders.Any(folder => IsBelow(path, folder));

    private static bool IsBelow(string? path, string folder) =>
        path is not null && FolderPath.IsSameOrBelow(path, folder);

    /// <summary>Something was mounted: a folder that was in no watched place may be in one now.</summary>
    internal void LookAgain()
    {
        foreach (var (key, _) in known.Where(entry => entry.Value is null).ToList())
        {
            _ = known.Remove(key);
        }
    }

    /// <summary>Null for a folder of git's own that says nothing, and one where nothing is looked for.</summary>
    private Folder? Told(string? folder)
    {
        if (folder is null || !IsBelow(places, folder))
        {
            return folder is not null && OpenFolders.MayHaveInContainer(folder) ? new Folder(folder, IsWatched: false) : null;
        }

        var inGit = folder.IndexOf(InGit, StringComparison.Ordinal);
        return inGit < 0 || IsRun(folder[(inGit + InGit.Length)..]) ? new Folder(folder, IsWatched: true) : null;
    }

    /// <summary>
    /// Whether a name in a watched folder says something. Below git's own folders for submodules <c>lib/logs</c> may be a submodule of that
    /// name as well as the logs of <c>lib</c>: there it is what makes git run something that counts.
    /// </summary>
    internal static bool IsTold(string folder, ReadOnlySpan<byte> name)
    {
        var inGit = folder.IndexOf(InGit, StringComparison.Ordinal);
        if (inGit < 0)
        {
            return true;
        }

        var names = folder[(inGit + InGit.Length)..].Split('/');
        return names[^1] == "hooks" || !names.Skip(NamesOfModule).Any(part => part is "objects" or "refs" or "logs" or "lfs")
            || name.SequenceEqual("hooks"u8) || name.SequenceEqual("config"u8) || name.SequenceEqual("config.worktree"u8)
            || name.SequenceEqual("commondir"u8) || name.SequenceEqual("attributes"u8);
    }

    /// <summary>
    /// git's own files change all the time and say nothing, but for hooks and settings, which are run: its own, and those of submodules
    /// and of other work trees, whose folders hold the same again (gitrepository-layout(5)).
    /// </summary>
    private static bool IsRun(string inGit)
    {
        var names = inGit.Split('/');
        return inGit is "hooks" or "info"
            || names[0] is "modules" or "worktrees";
    }

    private readonly record struct Folder(string Path, bool IsWatched);
}
