using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Sallyport.Agent.Host;

namespace Sallyport.Agent.Files;

/// <summary>
/// Everything that is written on some file systems, by whichever path, mount or container: fanotify(7) with names and handles
/// (Linux 5.9; the file behind a name as well since 5.17). Nobody waits for it, and what nobody reads in time is told as lost.
/// </summary>
internal sealed unsafe class FileGroup : IDisposable
{
    private const uint NotifyCloseOnExecNonBlocking = 0x1 | 0x2;
    private const uint HandlesAndNames = 0x200 | 0x400 | 0x800; // FAN_REPORT_FID, _DIR_FID, _NAME
    private const uint TargetHandles = 0x1000; // FAN_REPORT_TARGET_FID
    private const uint Add = 0x1;
    private const uint AddFileSystem = Add | 0x100;
    private const uint AddFolder = Add | 0x4 | 0x8; // FAN_MARK_DONT_FOLLOW, _ONLYDIR
    private const ulong OnChildren = 0x0800_0000;
    private const int CurrentFolder = -100;

    private readonly byte[] buffer = new byte[64 * 1024];

    private FileGroup(SafeFileHandle descriptor) => Descriptor = descriptor;

    internal SafeFileHandle Descriptor { get; }

    /// <summary>Why <see cref="TryOpen"/> gave null.</summary>
    internal static string LastFailure => Marshal.GetLastPInvokeErrorMessage();

    internal static FileGroup? TryOpen()
    {
        var group = Interop.Libc.fanotify_init(NotifyCloseOnExecNonBlocking | HandlesAndNames | TargetHandles, 0);
        group = group < 0 ? Interop.Libc.fanotify_init(NotifyCloseOnExecNonBlocking | HandlesAndNames, 0) : group;
        return group < 0 ? null : new FileGroup(new SafeFileHandle(group, ownsHandle: true));
    }

    /// <summary>The whole file system that a path is on.</summary>
    internal bool TryMark(string path) =>
        Interop.Libc.fanotify_mark(Descriptor, AddFileSystem, NoticeMask.All, CurrentFolder, path) == 0;

    /// <summary>
    /// One folder and what is in it, where the file system cannot be marked as a whole: one whose handles lead nowhere (overlayfs since
    /// 6.6). False when it cannot be marked either; a folder that is gone needs no mark.
    /// </summary>
    internal bool TryMarkFolder(string path) =>
        Interop.Libc.fanotify_mark(Descriptor, AddFolder, NoticeMask.All | OnChildren, CurrentFolder, path) == 0
        || Marshal.GetLastPInvokeError() is Native.ENOENT or Native.ENOTDIR;

    /// <summary>One folder, on whichever file system: from here on it is told as well when somebody has read a file in it.</summary>
    internal bool TryMarkReading(string path) => Interop.Libc.fanotify_mark(
        Descriptor, Add, NoticeMask.All | NoticeMask.ClosedAfterReading | OnChildren, CurrentFolder, path) == 0;

    /// <summary>What waits, as much as fits; empty when nothing does. Valid until the next call.</summary>
    /// <param name="hasAll">Nothing was waiting any more when this was read.</param>
    internal ReadOnlySpan<byte> Read(out bool hasAll)
    {
        const int LongestEvent = 1024;
        fixed (byte* start = buffer)
        {
            var length = Math.Max(0, (int)Interop.Libc.read(Descriptor, start, (nuint)buffer.Length));
            hasAll = length < buffer.Length - LongestEvent;
            return buffer.AsSpan(0, length);
        }
    }

    public void Dispose() => Descriptor.Dispose();
}
