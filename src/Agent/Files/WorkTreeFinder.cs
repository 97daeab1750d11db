using System.Collections.Immutable;
using Microsoft.Win32.SafeHandles;
using Sallyport.Agent.Core.Decoding;
using Sallyport.Agent.Core.Files;

namespace Sallyport.Agent.Files;

/// <summary>Paths of folders that notices tell by handle: as seen through the mounts of the watched folders, else of the root.</summary>
internal sealed class WorkTreeFinder : IDisposable
{
    private const int MostLayers = 16;

    private readonly List<SafeFileHandle> mounts;
    private readonly List<byte[]?> fileSystems;
    private ImmutableArray<string> later = [];
    private ImmutableArray<string> layers = [];

    internal WorkTreeFinder(ImmutableArray<string> folders)
    {
        mounts = [.. folders.Add("/").Select(SafeFile.TryOpenFolder).OfType<SafeFileHandle>()];
        fileSystems = mounts.ConvertAll(FileHandles.FileSystemOf);
    }

    /// <summary>The path, when it leads to that folder; else null.</summary>
    internal string? PathOf(ReadOnlySpan<byte> handle)
    {
        foreach (var mount in mounts)
        {
            if (FileHandles.PathOf(mount, handle) is { } path && IsThere(path, handle))
            {
                return path;
            }
        }

        return null;
    }

    /// <summary>
    /// What was mounted since, by path. It is opened only for as long as something is looked for there: nobody is kept from
    /// unmounting it.
    /// </summary>
    internal void Follow(ImmutableArray<string> paths) => later = paths;

    /// <summary>A file system that a container runtime keeps its data on, by the place where it is mounted.</summary>
    internal void FollowLayers(string path) => layers = layers.Length < MostLayers && !layers.Contains(path) ? layers.Add(path) : layers;

    /// <summary>The path through what was mounted since, when it leads to that folder; else null.</summary>
    /// <param name="handle">Of a folder.</param>
    /// <param name="fileSystem">That it is of: two may have folders of the same handle.</param>
    internal string? LaterPathOf(ReadOnlySpan<byte> handle, ReadOnlySpan<byte> fileSystem)
    {
        foreach (var place in later.Concat(layers))
        {
            using var mount = SafeFile.TryOpenFolder(place);
            if (mount is not null && fileSystem.SequenceEqual(FileHandles.FileSystemOf(mount))
                && FileHandles.PathOf(mount, handle) is { } path && FolderPath.IsSameOrBelow(path, place) && IsThere(path, handle))
            {
                return path;
            }
        }

        return null;
    }

    /// <summary>The file itself that a notice is about, as a place: it is not opened. Null when it is gone, or was not told.</summary>
    internal SafeFileHandle? TryFind(in FileNotice notice)
    {
        for (var i = 0; i < mounts.Count && !notice.ObjectHandle.IsEmpty; i++)
        {
            if (notice.FileSystem.SequenceEqual(fileSystems[i]))
            {
                return FileHandles.TryOpen(mounts[i], notice.ObjectHandle);
            }
        }

        foreach (var place in notice.ObjectHandle.IsEmpty ? [] : later.AddRange(layers))
        {
            using var mount = SafeFile.TryOpenFolder(place);
            if (mount is not null && notice.FileSystem.SequenceEqual(FileHandles.FileSystemOf(mount)))
            {
                return FileHandles.TryOpen(mount, notice.ObjectHandle);
            }
        }

        return null;
    }

    public void Dispose()
    {
        foreach (var mount in mounts)
        {
            mount.Dispose();
        }
    }

    private static bool IsThere(string path, ReadOnlySpan<byte> handle)
    {
        using var folder = SafeFile.TryOpenFolder(path);
        return folder is not null && FileHandles.IsOf(folder, handle);
    }
}
