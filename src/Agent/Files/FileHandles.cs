using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Sallyport.Agent.Core.Decoding;
using Sallyport.Agent.Host;

namespace Sallyport.Agent.Files;

/// <summary>File handles (open_by_handle_at(2)): what fanotify names files and folders by.</summary>
internal static unsafe class FileHandles
{
    private const int MostBytes = 128; // MAX_HANDLE_SZ
    private const int Header = 8;
    private const int EmptyPath = 0x1000;
    private const int OnlyToCompare = 0x200; // AT_HANDLE_FID, Linux 6.5
    private const int FileSystemOffset = 56; // f_fsid of struct statfs on 64 bits
    private const int FileSystemBytes = 8;
    private const int PathOnly = 0x20_0000;

    /// <summary>Id of the file system that an open file is on; null when nobody says.</summary>
    internal static byte[]? FileSystemOf(SafeFileHandle file)
    {
        var buffer = stackalloc byte[256];
        return Interop.Libc.fstatfs(file, buffer) == 0
            ? new ReadOnlySpan<byte>(buffer + FileSystemOffset, FileSystemBytes).ToArray()
            : null;
    }

    /// <summary>The key of what stands at a path, which is not followed; none when there is nothing.</summary>
    /// <param name="folder">Where the path begins.</param>
    /// <param name="path">Empty for the folder itself.</param>
    /// <param name="fileSystem">Of the folder.</param>
    internal static FileKey KeyOf(SafeFileHandle folder, string path, ReadOnlySpan<byte> fileSystem)
    {
        var handle = stackalloc byte[Header + MostBytes];
        *(uint*)handle = MostBytes;
        int mount;
        if (Interop.Libc.name_to_handle_at(folder, path, handle, &mount, path.Length == 0 ? EmptyPath : 0) != 0)
        {
            return default;
        }

        var length = (int)Math.Min(MostBytes, *(uint*)handle);
        return FileKey.Of(fileSystem, new ReadOnlySpan<byte>(handle + Header, length));
    }

    /// <summary>The key of an open file, on whichever file system it is; none when that has no handles.</summary>
    internal static FileKey KeyOf(SafeFileHandle file)
    {
        var handle = stackalloc byte[Header + MostBytes];
        int mount;
        foreach (var flags in (ReadOnlySpan<int>)[EmptyPath, EmptyPath | OnlyToCompare])
        {
            *(uint*)handle = MostBytes;
            if (Interop.Libc.name_to_handle_at(file, string.Empty, handle, &mount, flags) == 0 && FileSystemOf(file) is { } fileSystem)
            {
                return FileKey.Of(fileSystem, new ReadOnlySpan<byte>(handle + Header, (int)Math.Min(MostBytes, *(uint*)handle)));
            }
        }

        return default;
    }

    /// <summary>Whether an open file is the one that a struct file_handle stands for.</summary>
    internal static bool IsOf(SafeFileHandle file, ReadOnlySpan<byte> expected)
    {
        var handle = stackalloc byte[Header + MostBytes];
        *(uint*)handle = MostBytes;
        int mount;
        return Interop.Libc.name_to_handle_at(file, string.Empty, handle, &mount, EmptyPath) == 0
            && new ReadOnlySpan<byte>(handle, Header + (int)Math.Min(MostBytes, *(uint*)handle)).SequenceEqual(expected);
    }

    /// <summary>Path of a folder by the handle of a notice; null when it is gone.</summary>
    internal static string? PathOf(SafeFileHandle mount, ReadOnlySpan<byte> handle)
    {
        using var folder = TryOpen(mount, handle);
        var path = folder is null ? null : SafeFile.PathOf(folder);
        return path is null || path.EndsWith(" (deleted)", StringComparison.Ordinal) ? null : path;
    }

    /// <summary>The place that a handle of a notice stands for, a link itself; null when it is gone.</summary>
    /// <param name="mount">Something open on its file system.</param>
    /// <param name="handle">struct file_handle.</param>
    internal static SafeFileHandle? TryOpen(SafeFileHandle mount, ReadOnlySpan<byte> handle)
    {
        Span<byte> copy = stackalloc byte[Header + MostBytes];
        if (handle.Length > copy.Length)
        {
            return null;
        }

        handle.CopyTo(copy);
        fixed (byte* start = copy)
        {
            var descriptor = Interop.Libc.open_by_handle_at(mount, start, PathOnly | Native.O_CLOEXEC);
            return descriptor < 0 ? null : new SafeFileHandle(descriptor, ownsHandle: true);
        }
    }
}
