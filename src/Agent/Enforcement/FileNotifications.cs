using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Sallyport.Agent.Host;

namespace Sallyport.Agent.Enforcement;

/// <summary>
/// Who writes to a few files, or puts others in their place: fanotify(7) with names (Linux 5.9). A file's mark sees writers in
/// any mount namespace and by any path.
/// </summary>
internal sealed unsafe class FileNotifications : IDisposable
{
    // FAN_CLASS_NOTIF, FAN_CLOEXEC | FAN_NONBLOCK | FAN_REPORT_DIR_FID | FAN_REPORT_NAME
    private const uint InitFlags = 0x1 | 0x2 | 0x400 | 0x800;
    private const ulong Modified = 0x2;
    private const ulong ClosedAfterWriting = 0x8;
    private const ulong Replaced = 0x40 | 0x80 | 0x100 | 0x200; // moved from, moved to, created, deleted
    private const int MetadataBytes = 24;
    private const int BufferBytes = 16 * 1024;
    private const int CurrentFolder = -100;

    private readonly SafeFileHandle group;
    private readonly byte[] buffer = new byte[BufferBytes];

    private FileNotifications(SafeFileHandle group) => this.group = group;

    internal delegate void TakeEvent(string name, int pid, bool isWritten);

    internal SafeFileHandle Descriptor => group;

    /// <summary>Gives null when this kernel or file system does not tell.</summary>
    internal static FileNotifications? TryOpen()
    {
        var group = Interop.Libc.fanotify_init(InitFlags, 0);
        return group < 0 ? null : new FileNotifications(new SafeFileHandle(group, ownsHandle: true));
    }

    internal bool TryWatchFile(string path) =>
        Interop.Libc.fanotify_mark(group, 1, Modified | ClosedAfterWriting, CurrentFolder, path) == 0;

    internal bool TryWatchFolder(string path) => Interop.Libc.fanotify_mark(group, 1, Replaced, CurrentFolder, path) == 0;

    /// <summary>
    /// Hands over what waits: the name in its folder, the process, and whether it wrote, or only closed what it could have
    /// written.
    /// </summary>
    internal void Drain(TakeEvent take)
    {
        while (true)
        {
            int length;
            fixed (byte* start = buffer)
            {
                length = (int)Interop.Libc.read(group, start, (nuint)buffer.Length);
            }

            if (length <= 0)
            {
                return;
            }

            for (var rest = buffer.AsSpan(0, length); rest.Length >= MetadataBytes;)
            {
                // struct fanotify_event_metadata: length, …, mask at 8, descriptor, pid at 20
                var bytes = (int)Math.Min((uint)rest.Length, MemoryMarshal.Read<uint>(rest));
                if (bytes < MetadataBytes)
                {
                    return;
                }

                take(
                    NameOf(rest[MetadataBytes..bytes]),
                    MemoryMarshal.Read<int>(rest[20..]),
                    (MemoryMarshal.Read<ulong>(rest[8..]) & (Modified | Replaced)) != 0);
                rest = rest[bytes..];
            }
        }
    }

    public void Dispose() => group.Dispose();

    /// <summary>struct fanotify_event_info_fid: type, padding, length, file system, handle (bytes, type, …), name, NUL.</summary>
    private static string NameOf(ReadOnlySpan<byte> information)
    {
        const int HandleLength = 12;
        const int Handle = 20;
        if (information.Length < Handle)
        {
            return string.Empty;
        }

        var end = Math.Min(information.Length, MemoryMarshal.Read<ushort>(information[2..]));
        var start = Handle + (int)Math.Min(128, MemoryMarshal.Read<uint>(information[HandleLength..]));
        if (start >= end)
        {
            return string.Empty;
        }

        var name = information[start..end];
        var terminator = name.IndexOf((byte)0);
        return Encoding.UTF8.GetString(terminator < 0 ? name : name[..terminator]);
    }
}
