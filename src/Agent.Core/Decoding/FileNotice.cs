using System.Runtime.InteropServices;

namespace Sallyport.Agent.Core.Decoding;

/// <summary>One event of a fanotify group that reports names and handles (fanotify(7)). A view of the bytes that were read.</summary>
public readonly ref struct FileNotice
{
    /// <summary>The queue was full: events are missing (FAN_Q_OVERFLOW).</summary>
    public const ulong Overflowed = 0x4000;

    private const int MetadataBytes = 24;
    private const int InformationHeader = 4;
    private const int FileSystemBytes = 8;
    private const int HandleHeader = 8; // handle_bytes, handle_type
    private const byte ObjectItself = 1; // FAN_EVENT_INFO_TYPE_FID
    private const byte NamedFolder = 2; // FAN_EVENT_INFO_TYPE_DFID_NAME
    private const byte Folder = 3; // FAN_EVENT_INFO_TYPE_DFID
    private const int MostHandle = 128;

    /// <summary>FAN_* bits.</summary>
    public ulong Mask { get; private init; }

    /// <summary>Thread group id of who did it, as the reader's pid namespace numbers it.</summary>
    public int Pid { get; private init; }

    /// <summary>The folder; none when it was not told.</summary>
    public FileKey FolderKey { get; private init; }

    /// <summary>struct file_handle of the folder, to be opened by.</summary>
    public ReadOnlySpan<byte> FolderHandle { get; private init; }

    /// <summary>The name in the folder; empty, or "." for the folder itself.</summary>
    public ReadOnlySpan<byte> Name { get; private init; }

    /// <summary>The file itself; none when it was not told.</summary>
    public FileKey ObjectKey { get; private init; }

    /// <summary>struct file_handle of the file itself, to be opened by; empty when it was not told.</summary>
    public ReadOnlySpan<byte> ObjectHandle { get; private init; }

    /// <summary>f_fsid of the file system that it is on, 8 bytes; empty when it was not told.</summary>
    public ReadOnlySpan<byte> FileSystem { get; private init; }

    /// <summary>Takes the next event off the bytes. False at the end, or when they are no event. Never throws.</summary>
    public static bool TryTake(ref ReadOnlySpan<byte> bytes, out FileNotice notice)
    {
        notice = default;
        if (bytes.Length < MetadataBytes)
        {
            return false;
        }

        // struct fanotify_event_metadata: length, version, metadata length, mask at 8, descriptor at 16, pid at 20
        var length = MemoryMarshal.Read<uint>(bytes);
        if (length < MetadataBytes || length > bytes.Length)
        {
            return false;
        }

        var information = bytes[MetadataBytes..(int)length];
        notice = new FileNotice { Mask = MemoryMarshal.Read<ulong>(bytes[8..]), Pid = MemoryMarshal.Read<int>(bytes[20..]) };
        bytes = bytes[(int)length..];
        while (information.Length >= InformationHeader)
        {
            var part = (int)MemoryMarshal.Read<ushort>(information[2..]);
            if (part < InformationHeader || part > information.Length)
            {
                return true;
            }

            notice = notice.With(information[0], information[InformationHeader..part]);
            information = information[part..];
        }

        return true;
    }

    private FileNotice With(byte type, ReadOnlySpan<byte> part)
    {
        if (part.Length < FileSystemBytes + HandleHeader)
        {
            return this;
        }

        var length = MemoryMarshal.Read<uint>(part[FileSystemBytes..]);
        if (length is 0 or > MostHandle || length > part.Length - FileSystemBytes - HandleHeader)
        {
            return this;
        }

        var whole = part.Slice(FileSystemBytes, HandleHeader + (int)length);
        var key = FileKey.Of(part[..FileSystemBytes], whole[HandleHeader..]);
        var name = part[(FileSystemBytes + HandleHeader + (int)length)..];
        var end = name.IndexOf((byte)0);
        return type switch
        {
            NamedFolder or Folder => new FileNotice
            {
                Mask = Mask, Pid = Pid, ObjectKey = ObjectKey, ObjectHandle = ObjectHandle, FileSystem = FileSystem,
                FolderKey = key, FolderHandle = whole, Name = end < 0 ? name : name[..end],
            },
            ObjectItself => new FileNotice
            {
                Mask = Mask, Pid = Pid, ObjectKey = key, ObjectHandle = whole, FileSystem = part[..FileSystemBytes],
                FolderKey = FolderKey, FolderHandle = FolderHandle, Name = Name,
            },
            _ => this,
        };
    }
}
