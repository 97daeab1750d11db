using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Sallyport.Agent.Host;

/// <summary>struct statx as the kernel fills it (statx(2); Linux 4.11, the mount's number 5.8): the one place that knows its offsets.</summary>
[StructLayout(LayoutKind.Explicit, Size = 256)]
internal readonly struct FileFacts
{
    private const int CurrentFolder = -100;
    private const int EmptyPath = 0x1000;
    private const int AsKnown = 0x4000; // AT_STATX_DONT_SYNC

    private const uint BirthTime = 0x800; // STATX_BTIME

    /// <summary>STATX_BASIC_STATS, STATX_MNT_ID.</summary>
    private const uint Wanted = 0x17ff | BirthTime;

    /// <summary>STATX_* that were filled.</summary>
    [field: FieldOffset(0)]
    private uint Filled { get; }

    /// <summary>Names that the file has.</summary>
    [field: FieldOffset(16)]
    internal uint Names { get; }

    [field: FieldOffset(20)]
    internal uint Owner { get; }

    [field: FieldOffset(24)]
    internal uint Group { get; }

    /// <summary>Type and permission bits (inode(7)).</summary>
    [field: FieldOffset(28)]
    internal ushort Mode { get; }

    [field: FieldOffset(32)]
    internal ulong Inode { get; }

    /// <summary>Bytes.</summary>
    [field: FieldOffset(40)]
    internal long Size { get; }

    [field: FieldOffset(80)]
    private long BornSeconds { get; }

    /// <summary>When it was made; null where the file system does not say.</summary>
    internal DateTimeOffset? Born => (Filled & BirthTime) != 0 ? DateTimeOffset.UnixEpoch.AddSeconds(BornSeconds) : null;

    [field: FieldOffset(96)]
    internal long ChangedSeconds { get; }

    [field: FieldOffset(104)]
    internal uint ChangedNs { get; }

    [field: FieldOffset(112)]
    internal long WrittenSeconds { get; }

    [field: FieldOffset(120)]
    internal uint WrittenNs { get; }

    [field: FieldOffset(136)]
    internal uint DeviceMajor { get; }

    [field: FieldOffset(140)]
    internal uint DeviceMinor { get; }

    [field: FieldOffset(144)]
    internal ulong Mount { get; }

    /// <param name="file">Open, O_PATH too.</param>
    /// <param name="facts">What it is.</param>
    /// <param name="asKnown">What this machine knows will do: a file system of another's, or in user space, is not asked.</param>
    internal static unsafe bool TryRead(SafeFileHandle file, out FileFacts facts, bool asKnown = false)
    {
        byte empty = 0;
        facts = default;
        fixed (FileFacts* buffer = &facts)
        {
            return Interop.Libc.statx(file, &empty, asKnown ? EmptyPath | AsKnown : EmptyPath, Wanted, buffer) == 0;
        }
    }

    /// <summary>Follows links; false when there is no such file.</summary>
    internal static unsafe bool TryRead(string path, out FileFacts facts)
    {
        facts = default;
        fixed (FileFacts* buffer = &facts)
        {
            return Interop.Libc.statx(CurrentFolder, path, 0, Wanted, buffer) == 0;
        }
    }
}
