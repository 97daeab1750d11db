using System.Collections.Immutable;
using Microsoft.Win32.SafeHandles;
using Sallyport.Agent.Core.Decoding;

namespace Sallyport.Agent.Files;

/// <summary>Paths of folders that notices tell by handle: as seen through the mounts of the watched folders, else of the root.</summary>
internal sealed class WorkTreeFinder : IDisposable
{
    private readonly List<SafeFileHandle> mounts;
    private readonly List<byte[]?> fileSystems;

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
