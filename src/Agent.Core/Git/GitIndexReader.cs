using System.Buffers.Binary;
using System.Text;

namespace Sallyport.Agent.Core.Git;

/// <summary>
/// git's index (gitformat-index(5)), versions 2, 3 and 4. Its bytes are whatever the job wrote: never throws, and keeps at
/// most as many entries as asked. Entries of a merge in conflict, and folders of a sparse index, are passed over.
/// </summary>
public static class GitIndexReader
{
    private const int HeaderBytes = 12;
    private const int StatBytes = 40; // ctime, mtime (8 each), dev, ino, mode, uid, gid, size
    private const int LongestPath = 4096;

    /// <summary>Bytes of all paths that are kept: 80 for each of the files that a book of sources takes.</summary>
    private const int MostText = 16 << 20;
    private const ushort Extended = 0x4000;
    private const ushort StageBits = 0x3000;
    private const ushort NameLengthBits = 0xfff;

    /// <summary>Reads all entries, in the order of their paths.</summary>
    /// <param name="bytes">The whole file.</param>
    /// <param name="hash">Of the repository.</param>
    /// <param name="most">Entries to keep.</param>
    /// <param name="entries">Filled; what came before a defect stays in it.</param>
    public static GitIndexDefect Read(ReadOnlySpan<byte> bytes, GitHash hash, int most, IList<GitIndexEntry> entries)
    {
        ArgumentNullException.ThrowIfNull(entries);
        if (bytes.Length < HeaderBytes || !bytes[..4].SequenceEqual("DIRC"u8))
        {
            return GitIndexDefect.NotAnIndex;
        }

        var version = BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]);
        var count = BinaryPrimitives.ReadUInt32BigEndian(bytes[8..]);
        if (version is < 2 or > 4)
        {
            return GitIndexDefect.UnknownVersion;
        }

        var rest = bytes[HeaderBytes..];
        var path = new byte[LongestPath];
        var length = 0;
        var text = 0;
        for (uint i = 0; i < count; i++)
        {
            if (!TryEntry(ref rest, version, GitObjectId.BytesOf(hash), path, ref length, out var entry, out var isWanted))
            {
                return GitIndexDefect.Malformed;
            }

            isWanted &= length > 0; // those of a split index that replace another have no path
            if (isWanted && (entries.Count >= most || text + length > MostText))
            {
                return GitIndexDefect.TooMany;
            }

            if (isWanted)
            {
                if (!IsPath(path.AsSpan(0, length)))
                {
                    return GitIndexDefect.Malformed;
                }

                text += length;
                entries.Add(entry with { Path = Encoding.UTF8.GetString(path.AsSpan(0, length)) });
            }
        }

        return IsSplit(rest) ? GitIndexDefect.Split : GitIndexDefect.None;
    }

    /// <summary>As git asks of it: no zero, and no part that is empty or a way to where it is or up.</summary>
    private static bool IsPath(ReadOnlySpan<byte> path)
    {
        if (path.Contains((byte)0))
        {
            return false;
        }

        foreach (var part in path.Split((byte)'/'))
        {
            if (path[part] is [] or [(byte)'.'] or [(byte)'.', (byte)'.'])
            {
                return false;
            }
        }

        return true;
    }

    private static bool TryEntry(
        ref ReadOnlySpan<byte> rest, uint version, int idBytes, Span<byte> path, ref int length, out GitIndexEntry entry,
        out bool isWanted)
    {
        entry = default;
        isWanted = false;
        var start = StatBytes + idBytes + sizeof(ushort);
        if (rest.Length < start)
        {
            return false;
        }

        var flags = BinaryPrimitives.ReadUInt16BigEndian(rest[(StatBytes + idBytes)..]);
        if ((flags & Extended) != 0)
        {
            start += sizeof(ushort);
            if (version == 2 || rest.Length < start)
            {
                return false;
            }
        }

        var mode = BinaryPrimitives.ReadUInt32BigEndian(rest[24..]);
        entry = new GitIndexEntry(
            string.Empty,
            mode,
            GitObjectId.Of(rest.Slice(StatBytes, idBytes)),
            BinaryPrimitives.ReadUInt32BigEndian(rest[36..]),
            Time(rest[8..]),
            Time(rest),
            BinaryPrimitives.ReadUInt32BigEndian(rest[20..]));
        isWanted = (flags & StageBits) == 0 && (entry.IsFile || entry.IsLink || entry.IsSubmodule);
        return version == 4
            ? TryCompressedPath(ref rest, start, path, ref length)
            : TryPath(ref rest, start, flags & NameLengthBits, path, ref length);
    }

    /// <summary>Versions 2 and 3: the path, then 1 to 8 NUL, so that entries begin at multiples of eight.</summary>
    private static bool TryPath(ref ReadOnlySpan<byte> rest, int start, int told, Span<byte> path, ref int length)
    {
        var text = rest[start..];
        length = told < NameLengthBits ? told : text.IndexOf((byte)0);
        if (length < 0 || length > path.Length || length >= text.Length || text[length] != 0)
        {
            return false;
        }

        text[..length].CopyTo(path);
        var whole = (start + length + 8) & ~7;
        if (whole > rest.Length)
        {
            return false;
        }

        rest = rest[whole..];
        return true;
    }

    /// <summary>Version 4: how many bytes of the path before go, then what follows them, then NUL.</summary>
    private static bool TryCompressedPath(ref ReadOnlySpan<byte> rest, int start, Span<byte> path, ref int length)
    {
        var text = rest[start..];
        if (!PackNumbers.TryOffset(ref text, out var gone) || gone > length)
        {
            return false;
        }

        var end = text.IndexOf((byte)0);
        var kept = length - (int)gone;
        if (end < 0 || kept + end > path.Length)
        {
            return false;
        }

        text[..end].CopyTo(path[kept..]);
        length = kept + end;
        rest = text[(end + 1)..];
        return true;
    }

    private static long Time(ReadOnlySpan<byte> bytes) =>
        BinaryPrimitives.ReadUInt32BigEndian(bytes) * 1_000_000_000L + BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]);

    /// <summary>Extensions follow: four letters, the length, as many bytes. <c>link</c> names a shared index.</summary>
    private static bool IsSplit(ReadOnlySpan<byte> rest)
    {
        while (rest.Length >= 8)
        {
            if (rest[..4].SequenceEqual("link"u8))
            {
                return true;
            }

            var length = BinaryPrimitives.ReadUInt32BigEndian(rest[4..]);
            if (length > rest.Length - 8)
            {
                return false; // the checksum, whose bytes are no extension
            }

            rest = rest[(8 + (int)length)..];
        }

        return false;
    }
}
