using System.Security.Cryptography;

namespace Sallyport.Server.Ingest;

/// <summary>A segment that is kept.</summary>
internal sealed record SegmentRow
{
    public required string Job { get; init; }

    public long Number { get; init; }

    /// <summary>SHA-256 of the packed bytes: the same again is no change, others are refused.</summary>
    public required string Digest { get; init; }

    public required string Previous { get; init; }

    public required string Seal { get; init; }

    public long Bytes { get; init; }

    public long TextBytes { get; init; }

    public long Events { get; init; }

    public long FirstSequence { get; init; }

    public long ReceivedMs { get; init; }

    /// <summary>
    /// Name of its bytes in the store of recordings. The digest is in it: who sends other bytes for the same segment at the same moment
    /// overwrites nothing.
    /// </summary>
    public string ObjectName => NameOf(Job, Number, Digest);

    public static string NameOf(string job, long number, string digest) =>
        FormattableString.Invariant($"{FolderOf(job)}{number:D8}-{digest[..16]}.zst");

    /// <summary>SHA-256, 64 lower case hexadecimal digits.</summary>
    public static string DigestOf(ReadOnlySpan<byte> packed) => Convert.ToHexStringLower(SHA256.HashData(packed));

    public static string FolderOf(string job) => $"jobs/{job}/segments/";
}
