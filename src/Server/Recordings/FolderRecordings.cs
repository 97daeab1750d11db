using System.Runtime.CompilerServices;

namespace Sallyport.Server.Recordings;

/// <summary>
/// Recordings as files below the data folder. A file appears whole, by rename, after its bytes are on the disk; until then it is in a folder of its
/// own, which <see cref="Operations.DataFolder"/> empties at the start.
/// </summary>
internal sealed class FolderRecordings(string root) : IRecordingStore
{
    /// <summary>Of files that are not whole yet; no object is named so.</summary>
    public const string NewFolder = "new";

    public async Task PutAsync(string name, ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        var path = PathOf(name);
        var temporary = NewFile();
        var folders = Ensure(path);
        try
        {
            using (var handle = File.OpenHandle(
                temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, FileOptions.None, bytes.Length))
            {
                await RandomAccess.WriteAsync(handle, bytes, 0, cancellation);
                RandomAccess.FlushToDisk(handle);
            }

            Place(temporary, path, folders);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    public async Task PutFileAsync(string name, string path, CancellationToken cancellation)
    {
        var target = PathOf(name);
        var temporary = NewFile();
        var folders = Ensure(target);
        try
        {
            await using (var from = File.OpenRead(path))
            await using (var to = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write))
            {
                await from.CopyToAsync(to, cancellation);
                await to.FlushAsync(cancellation);
                RandomAccess.FlushToDisk(to.SafeFileHandle);
            }

            Place(temporary, target, folders);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    public Task<Stream?> OpenAsync(string name, CancellationToken cancellation)
    {
        try
        {
            return Task.FromResult<Stream?>(new FileStream(
                PathOf(name), FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 64 << 10, FileOptions.Asynchronous));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return Task.FromResult<Stream?>(null);
        }
    }

    public Task RemoveAsync(IReadOnlyList<string> names, CancellationToken cancellation)
    {
        foreach (var name in names)
        {
            var path = PathOf(name);
            try
            {
                File.Delete(path);
            }
            catch (DirectoryNotFoundException)
            {
                // It is gone, and its folder with it.
            }

            EmptyFolders.Remove(Path.GetDirectoryName(path)!, root);
        }

        return Task.CompletedTask;
    }

    public async IAsyncEnumerable<StoredObject> ListAsync(
        string prefix, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await Task.CompletedTask;
        var folder = PathOf(prefix[..(prefix.LastIndexOf('/') + 1)]);
        if (!Directory.Exists(folder))
        {
            yield break;
        }

        var names = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(root, path))
            .Where(name => name.StartsWith(prefix, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal);
        foreach (var name in names)
        {
            cancellation.ThrowIfCancellationRequested();
            var file = new FileInfo(PathOf(name));
            if (file.Exists)
            {
                yield return new StoredObject(name, file.Length, FormattableString.Invariant($"{file.LastWriteTimeUtc.Ticks}-{file.Length}"));
            }
        }
    }

    // On the file system of the others: a rename does not cross to another.
    private string NewFile()
    {
        Directory.CreateDirectory(Path.Combine(root, NewFolder));
        return Path.Combine(root, NewFolder, Guid.NewGuid().ToString("n"));
    }

    /// <summary>Makes the folders of a file; gives those whose names are new on the disk, or change.</summary>
    private List<string> Ensure(string path)
    {
        var changed = new List<string>();
        for (var folder = Path.GetDirectoryName(path)!; ; folder = Path.GetDirectoryName(folder)!)
        {
            changed.Add(folder);
            if (Directory.Exists(folder) || folder.Length <= root.Length)
            {
                break;
            }
        }

        Directory.CreateDirectory(changed[0]);
        return changed;
    }

    private static void Place(string temporary, string path, List<string> folders)
    {
        File.Move(temporary, path, overwrite: true);
        folders.ForEach(FolderFlush.Flush);
    }

    private string PathOf(string name) => Path.Combine(root, name);
}
