using Sallyport.Agent.Core.Decoding;
using Sallyport.Agent.Core.Files;
using Sallyport.Agent.Core.Git;
using Sallyport.Agent.Core.Sources;

namespace Sallyport.Agent.Files;

/// <summary>
/// Which tracked file a notice is about: by the folder and name that it tells, else by the file itself, which a hard link
/// elsewhere shares. Bounded by the book's files and twice <see cref="MostFolders"/>.
/// </summary>
internal sealed class TrackedPlaces(SourceBook book, WorkTreeReader reader)
{
    private const int MostFolders = 200_000;

    /// <summary>Characters of their paths, over all trees: one long path of a file names some thousand folders.</summary>
    private const int MostText = 32 << 20;

    private readonly Dictionary<FileKey, (SourceTree Tree, string Path)> folders = [];
    private readonly Dictionary<FileKey, SourceFile> objects = [];
    private readonly Dictionary<SourceTree, HashSet<string>> paths = [];
    private readonly Dictionary<SourceTree, byte[]> fileSystems = [];

    // Keys of what is mounted over folders and files; cleared when something else is mounted, or no longer is.
    private readonly HashSet<FileKey> covering = [];

    private long text;
    private int count;

    /// <summary>Folders that had no place.</summary>
    internal long Overflow { get; private set; }

    /// <summary>The tracked file, or null; <paramref name="folder"/> is set when the name is a folder with tracked files.</summary>
    internal SourceFile? Find(in FileNotice notice, out (SourceTree Tree, string Path)? folder)
    {
        folder = null;
        if (!notice.FolderKey.IsNone && folders.TryGetValue(notice.FolderKey, out var place))
        {
            var name = System.Text.Encoding.UTF8.GetString(notice.Name);
            var path = place.Path.Length == 0 ? name : $"{place.Path}/{name}";
            if (SourceBook.Find(place.Tree, path) is { } file)
            {
                return file;
            }

            if (paths.GetValueOrDefault(place.Tree)?.Contains(path) == true)
            {
                folder = (place.Tree, path);
                return null;
            }
        }

        return notice.ObjectKey.IsNone ? null : objects.GetValueOrDefault(notice.ObjectKey);
    }

    /// <summary>Takes a file of an index in; null when there is no room.</summary>
    internal SourceFile? Add(SourceTree tree, in GitIndexEntry entry)
    {
        if (book.Add(tree, in entry) is not { } file)
        {
            return null;
        }

        for (var end = entry.Path.LastIndexOf('/'); ; end = entry.Path.LastIndexOf('/', end - 1))
        {
            if (!AddFolder(tree, end < 0 ? string.Empty : entry.Path[..end]) || end <= 0)
            {
                break;
            }
        }

        Identify(file);
        return file;
    }

    /// <summary>Another file stands in its place.</summary>
    internal void Identify(SourceFile file, FileKey key = default)
    {
        if (key.IsNone && reader.RootOf(file.Tree) is { } root)
        {
            key = FileHandles.KeyOf(root, file.Path, FileSystemOf(file.Tree));
        }

        if (key.IsNone || key == file.Key)
        {
            return;
        }

        Forget(file);
        file.Key = key;
        objects[key] = file;
    }

    internal void Forget(SourceFile file)
    {
        if (objects.GetValueOrDefault(file.Key) == file)
        {
            _ = objects.Remove(file.Key);
        }
    }

    /// <summary>The tree's folder is another one now.</summary>
    internal void Forget(SourceTree tree)
    {
        foreach (var file in tree.FilesBelow(string.Empty))
        {
            Forget(file);
        }

        foreach (var key in folders.Where(pair => pair.Value.Tree == tree).Select(pair => pair.Key).ToList())
        {
            _ = folders.Remove(key);
            _ = covering.Remove(key);
        }

        if (paths.Remove(tree, out var known))
        {
            text -= known.Sum(path => (long)path.Length);
            count -= known.Count;
        }

        _ = fileSystems.Remove(tree);
    }

    /// <summary>Another folder stands in its place: gives the files below it, with their keys renewed.</summary>
    internal IReadOnlyList<SourceFile> Renew(SourceTree tree, string folder)
    {
        var prefix = folder + "/";
        foreach (var path in paths[tree].Where(path => path == folder || path.StartsWith(prefix, StringComparison.Ordinal)))
        {
            Learn(tree, path);
        }

        var files = tree.FilesBelow(folder);
        foreach (var file in files)
        {
            Identify(file);
        }

        return files;
    }

    /// <summary>
    /// Something is mounted over a folder, or a file: what stands there is written to under another key, while what it covers keeps
    /// its own.
    /// </summary>
    internal void Cover(SourceTree tree, string path)
    {
        foreach (var folder in FoldersAt(tree, path))
        {
            if (Free(reader.KeyOf(tree, folder), folders.ContainsKey) is { IsNone: false } key)
            {
                folders[key] = (tree, folder);
            }
        }

        foreach (var file in FilesAt(tree, path))
        {
            if (Free(reader.KeyOf(tree, file.Path), objects.ContainsKey) is { IsNone: false } key)
            {
                objects[key] = file;
            }
        }
    }

    /// <summary>Tracked files, at a place and below it.</summary>
    internal static IReadOnlyList<SourceFile> FilesAt(SourceTree tree, string path) =>
        SourceBook.Find(tree, path) is { } file ? [file] : tree.FilesBelow(path);

    /// <summary>Folders with tracked files, at a place and below it.</summary>
    internal IEnumerable<string> FoldersAt(SourceTree tree, string path) =>
        paths.GetValueOrDefault(tree)?.Where(folder => path.Length == 0 || FolderPath.IsSameOrBelow(folder, path)) ?? [];

    /// <summary>Other things are mounted than were.</summary>
    internal void Uncover()
    {
        foreach (var key in covering)
        {
            _ = folders.Remove(key) || objects.Remove(key);
        }

        covering.Clear();
    }

    /// <summary>The key, when it stands for nothing yet and there is room.</summary>
    private FileKey Free(FileKey key, Func<FileKey, bool> isKnown)
    {
        if (key.IsNone || isKnown(key))
        {
            return default;
        }

        if (covering.Count >= MostFolders)
        {
            Overflow++;
            return default;
        }

        _ = covering.Add(key);
        return key;
    }

    private bool AddFolder(SourceTree tree, string path)
    {
        if (!paths.TryGetValue(tree, out var known))
        {
            paths[tree] = known = new HashSet<string>(StringComparer.Ordinal);
        }

        if (known.Contains(path))
        {
            return false; // and so are those above it
        }

        if (text + path.Length > MostText || count >= MostFolders)
        {
            Overflow++;
            return false;
        }

        text += path.Length;
        count++;
        _ = known.Add(path);
        Learn(tree, path);
        return true;
    }

    private void Learn(SourceTree tree, string path)
    {
        var key = reader.RootOf(tree) is { } root ? FileHandles.KeyOf(root, path, FileSystemOf(tree)) : default;
        if (folders.Count >= MostFolders)
        {
            Overflow++;
        }
        else if (!key.IsNone)
        {
            folders[key] = (tree, path);
        }
    }

    private byte[] FileSystemOf(SourceTree tree)
    {
        if (!fileSystems.TryGetValue(tree, out var id))
        {
            fileSystems[tree] = id = (reader.RootOf(tree) is { } root ? FileHandles.FileSystemOf(root) : null) ?? [];
        }

        return id;
    }
}
