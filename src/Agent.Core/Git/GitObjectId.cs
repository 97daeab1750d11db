using System.Buffers.Binary;

namespace Sallyport.Agent.Core.Git;

/// <summary>Id of a git object: 20 or 32 bytes, kept inline. The default value is no object's.</summary>
/// <param name="First">Bytes 0 to 7, big endian; the others follow.</param>
/// <param name="Second">Bytes 8 to 15.</param>
/// <param name="Third">Bytes 16 to 23; of a SHA-1 id the lower half is 0.</param>
/// <param name="Fourth">Bytes 24 to 31.</param>
/// <param name="Length">20 or 32; 0 for none.</param>
public readonly record struct GitObjectId(ulong First, ulong Second, ulong Third, ulong Fourth, byte Length)
{
    /// <summary>Bytes of the longest id.</summary>
    public const int MostBytes = 32;

    /// <summary>No id.</summary>
    public bool IsNone => Length == 0;

    /// <summary>Bytes of an id under a hash.</summary>
    public static int BytesOf(GitHash hash) => hash == GitHash.Sha1 ? 20 : MostBytes;

    /// <summary>The id that the bytes spell.</summary>
    /// <param name="bytes">20 or 32.</param>
    public static GitObjectId Of(ReadOnlySpan<byte> bytes)
    {
        Span<byte> wide = stackalloc byte[MostBytes];
        wide.Clear();
        bytes = bytes[..Math.Min(bytes.Length, MostBytes)];
        bytes.CopyTo(wide);
        return new GitObjectId(
            BinaryPrimitives.ReadUInt64BigEndian(wide),
            BinaryPrimitives.ReadUInt64BigEndian(wide[8..]),
            BinaryPrimitives.ReadUInt64BigEndian(wide[16..]),
            BinaryPrimitives.ReadUInt64BigEndian(wide[24..]),
            (byte)bytes.Length);
    }

    /// <summary>Writes the bytes; gives how many.</summary>
    /// <param name="target">At least <see cref="MostBytes"/> long.</param>
    public int Write(Span<byte> target)
    {
        BinaryPrimitives.WriteUInt64BigEndian(target, First);
        BinaryPrimitives.WriteUInt64BigEndian(target[8..], Second);
        BinaryPrimitives.WriteUInt64BigEndian(target[16..], Third);
        BinaryPrimitives.WriteUInt64BigEndian(target[24..], Fourth);
        return Length;
    }

    /// <summary>Hexadecimal, lower case, as git prints it.</summary>
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[MostBytes];
        return Convert.ToHexStringLower(bytes[..Write(bytes)]);
    }
}
