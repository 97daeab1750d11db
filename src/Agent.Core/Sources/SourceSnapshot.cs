using Sallyport.Agent.Core.Git;

namespace Sallyport.Agent.Core.Sources;

/// <summary>A tracked file as it was when it was looked at.</summary>
/// <param name="Exists">Something stands there.</param>
/// <param name="Id">Of its content; none when it was not read: too large, a device, not readable.</param>
/// <param name="Stamp">As lstat(2) said after reading.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Content">All of it when it is short; else null.</param>
public sealed record SourceSnapshot(bool Exists, GitObjectId Id, FileStamp Stamp, long Size, ReadOnlyMemory<byte>? Content)
{
    /// <summary>Content that is kept for comparing, bytes.</summary>
    public const int MostContent = 64 * 1024;

    /// <summary>SHA-256 of what is not short, in lower-case hexadecimal, when git has a pointer of LFS for it; else null.</summary>
    public string? Sha256 { get; init; }

    /// <summary>Nothing stands there.</summary>
    public static SourceSnapshot Missing { get; } = new(false, default, default, 0, null);
}
