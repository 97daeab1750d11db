namespace Sallyport.Agent.Core.Git;

/// <summary>What an object of a pack begins with (gitformat-pack(5)).</summary>
/// <param name="Type">1 commit, 2 tree, 3 blob, 4 tag, 6 delta by offset, 7 delta by id.</param>
/// <param name="Size">Of its data when inflated.</param>
/// <param name="BaseOffset">How far before this object the base of a delta stands; 0 when it is none by offset.</param>
/// <param name="Base">The base of a delta by id.</param>
/// <param name="Length">Bytes of this header.</param>
public readonly record struct PackObjectHeader(int Type, long Size, long BaseOffset, GitObjectId Base, int Length)
{
    /// <summary>A delta against an object before it in the same pack.</summary>
    public const int DeltaByOffset = 6;

    /// <summary>A delta against an object by its id.</summary>
    public const int DeltaById = 7;

    /// <summary>Content of a file.</summary>
    public const int Blob = 3;

    /// <summary>Bytes that a header has at most.</summary>
    public const int MostBytes = 64;

    /// <summary>Never throws.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, GitHash hash, out PackObjectHeader header)
    {
        header = default;
        if (bytes.IsEmpty)
        {
            return false;
        }

        var rest = bytes[1..];
        var type = (bytes[0] >> 4) & 7;
        long size = bytes[0] & 0xf;
        if ((bytes[0] & 0x80) != 0)
        {
            if (!PackNumbers.TrySize(ref rest, out var more) || more > int.MaxValue)
            {
                return false;
            }

            size |= more << 4;
        }

        long offset = 0;
        GitObjectId id = default;
        if (type == DeltaByOffset && (!PackNumbers.TryOffset(ref rest, out offset) || offset == 0))
        {
            return false;
        }

        if (type == DeltaById)
        {
            var width = GitObjectId.BytesOf(hash);
            if (rest.Length < width)
            {
                return false;
            }

            id = GitObjectId.Of(rest[..width]);
            rest = rest[width..];
        }

        header = new PackObjectHeader(type, size, offset, id, bytes.Length - rest.Length);
        return type is >= 1 and <= 4 or DeltaByOffset or DeltaById;
    }
}
