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

    // Null: not below a watched place, or gone.
    private readonly Dictionary<FileKey, string?> known = [];

    /// <summary>The file's path, when it is in a watched place; else null.</summary>
    internal string? PathOf(in FileNotice notice)
    {
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

            folder = finder.PathOf(notice.FolderHandle);
            known[notice.FolderKey] = folder = folder is not null && IsWatched(folder) ? folder : null;
        }

        return folder is null ? null : $"{folder}/{Encoding.UTF8.GetString(notice.Name)}";
    }

    /// <summary>
    /// A folder was made, renamed or removed: known from here on by what the notice says, though it may be gone when we look. What
    /// was below its old path is asked for anew.
    /// </summary>
    internal void Take(in FileNotice notice)
    {
        if (PathOf(in notice) is not { } path)
        {
            return;
        }

        if (NoticeMask.TakesAway(notice.Mask))
        {
            foreach (var (key, _) in known.Where(entry => IsBelow(entry.Value, path)).ToList())
            {
                _ = known.Remove(key);
            }
        }

        if (NoticeMask.Places(notice.Mask) && !notice.ObjectKey.IsNone && known.Count < MostFolders)
        {
            known[notice.ObjectKey] = IsWatched(path) ? path : null;
        }
    }

    internal static bool IsBelow(ImmutableArray<string> folders, string path) => folders.Any(folder => IsBelow(path, folder));

    private static bool IsBelow(string? path, string folder) =>
        path is not null && FolderPath.IsSameOrBelow(path, folder);

    private bool IsWatched(string folder)
    {
        var inGit = folder.IndexOf(InGit, StringComparison.Ordinal);
        return (inGit < 0 || IsRun(folder[(inGit + InGit.Length)..])) && IsBelow(places, folder);
    }

    /// <summary>
    /// git's own files change all the time and say nothing, but for hooks and settings, which are run: its own, and those of submodules
    /// and of other work trees, whose folders hold the same again (gitrepository-layout(5)).
    /// </summary>
    private static bool IsRun(string inGit)
    {
        var names = inGit.Split('/');
        return inGit is "hooks" or "info"
            || (names[0] is "modules" or "worktrees" && (names[^1] == "hooks" || !names.Any(name => name is "objects" or "refs" or "logs" or "lfs")));
    }
}
