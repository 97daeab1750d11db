using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Sallyport.Agent.Host;

namespace Sallyport.Agent.Files;

/// <summary>
/// Reading what the job put somewhere: never waits (a pipe, a device), never follows a link out of the folder, never reads more
/// than asked.
/// </summary>
internal static unsafe class SafeFile
{
    private const int SYS_openat2 = 437;
    private const ulong BeneathWithoutLinks = 0x08 | 0x04 | 0x02; // RESOLVE_BENEATH, _NO_SYMLINKS, _NO_MAGICLINKS
    private const ulong NoOtherMount = 0x01; // RESOLVE_NO_XDEV
    private static readonly ulong PathOnlyNoFollow = 0x20_0000 | 0x8_0000
        | (RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 0x8000UL : 0x2_0000UL);

    /// <summary>A folder by its path; open_by_handle_at(2) wants it to be readable, not only a place.</summary>
    internal static SafeFileHandle? TryOpenFolder(string path)
    {
        var descriptor = Interop.Libc.open(path, Native.O_CLOEXEC | Native.O_NONBLOCK, 0);
        return descriptor < 0 ? null : new SafeFileHandle(descriptor, ownsHandle: true);
    }

    /// <summary>What stands at a path below a folder, when no part of the path is a link; a link at its end is opened itself.</summary>
    /// <param name="folder">Where the path begins.</param>
    /// <param name="path">Without a way up.</param>
    /// <param name="crossing">
    /// Also through mounts. Only when all of them are known to be of this machine: a file system of a user's own program may
    /// let us wait for ever.
    /// </param>
    internal static SafeFileHandle? TryFind(SafeFileHandle folder, string path, bool crossing)
    {
        var how = stackalloc ulong[3]; // struct open_how: flags, mode, resolve
        how[0] = PathOnlyNoFollow;
        how[1] = 0;
        how[2] = BeneathWithoutLinks | (crossing ? 0UL : NoOtherMount);
        fixed (byte* start = ZeroTerminatedName(path))
        {
            var descriptor = (int)Interop.Libc.syscall(
                SYS_openat2, folder.DangerousGetHandle(), (nint)start, (nint)how, 3 * sizeof(ulong));
            return descriptor < 0 ? null : new SafeFileHandle(descriptor, ownsHandle: true);
        }
    }

    /// <summary>Opens what was found, to read it; null when that is no regular file.</summary>
    internal static SafeFileHandle? TryOpenFound(SafeFileHandle found) =>
        IsRegular(found) ? TryOpenToRead($"/proc/self/fd/{(int)found.DangerousGetHandle()}") : null;

    /// <summary>Where an open file or folder stands now, as this process sees it (proc(5), fd); null when that cannot be read.</summary>
    internal static string? PathOf(SafeFileHandle file) => ProcText.TryReadLink($"/proc/self/fd/{(int)file.DangerousGetHandle()}");

    internal static bool IsRegular(SafeFileHandle file) =>
        FileStatus.TryRead(file, out var status) && status.IsRegular;

    /// <summary>A regular file, to read it; null when it is none.</summary>
    internal static SafeFileHandle? TryOpenToRead(string path)
    {
        var descriptor = Interop.Libc.open(path, Native.O_CLOEXEC | Native.O_NONBLOCK, 0);
        if (descriptor < 0)
        {
            return null;
        }

        var file = new SafeFileHandle(descriptor, ownsHandle: true);
        if (IsRegular(file))
        {
            return file;
        }

        file.Dispose();
        return null;
    }

    /// <summary>The whole of a regular file; null when it is none, or longer.</summary>
    internal static byte[]? TryReadAll(string path, int most)
    {
        using var file = TryOpenToRead(path);
        if (file is null)
        {
            return null;
        }

        try
        {
            var length = RandomAccess.GetLength(file);
            if (length > most)
            {
                return null;
            }

            var bytes = new byte[length];
            var filled = TryRead(file, 0, bytes);
            return filled == bytes.Length ? bytes : bytes[..filled];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            return null;
        }
    }

    /// <summary>Fills the buffer from a place of the file; gives how far it got.</summary>
    internal static int TryRead(SafeFileHandle file, long offset, Span<byte> buffer)
    {
        var filled = 0;
        try
        {
            int read;
            while (filled < buffer.Length && (read = RandomAccess.Read(file, buffer[filled..], offset + filled)) > 0)
            {
                filled += read;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            // What was read is what there is.
        }

        return filled;
    }

    private static byte[] ZeroTerminatedName(string path) => [.. Encoding.UTF8.GetBytes(path), 0];
}
