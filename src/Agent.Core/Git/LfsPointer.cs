using System.Text;

namespace Sallyport.Agent.Core.Git;

/// <summary>What git keeps of a file whose content Git LFS keeps (git-lfs, docs/spec.md).</summary>
public static class LfsPointer
{
    private const int MostBytes = 1024; // a pointer is shorter

    /// <summary>Whether a blob is one.</summary>
    public static bool Is(ReadOnlySpan<byte> blob) => blob.Length < MostBytes && blob.StartsWith("version https://git-lfs"u8);

    /// <summary>Whether it stands for content with this hash: a line <c>oid sha256:…</c> says so.</summary>
    /// <param name="blob">Any blob.</param>
    /// <param name="sha256">64 lower-case hexadecimal digits.</param>
    public static bool StandsFor(ReadOnlySpan<byte> blob, string sha256) =>
        Is(blob) && blob.IndexOf(Encoding.ASCII.GetBytes($"oid sha256:{sha256}\n")) > 0;
}
