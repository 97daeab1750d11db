using System.Globalization;
using System.Text;
using Sallyport.Protocol.Hashing;

namespace Sallyport.Agent.Core.Git;

/// <summary>Id of a file's content as git's blob: the hash of <c>blob 12\0</c> and its bytes.</summary>
public sealed class BlobHasher
{
    private readonly Sha1? sha1;
    private readonly Sha256? sha256;

    /// <summary>Begins a blob.</summary>
    /// <param name="hash">Of the repository.</param>
    /// <param name="size">Bytes that will follow.</param>
    public BlobHasher(GitHash hash, long size)
    {
        sha1 = hash == GitHash.Sha1 ? new Sha1() : null;
        sha256 = hash == GitHash.Sha256 ? new Sha256() : null;
        Append(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"blob {size}\0")));
    }

    /// <summary>Id of content that is at hand.</summary>
    public static GitObjectId Of(GitHash hash, ReadOnlySpan<byte> content)
    {
        var hasher = new BlobHasher(hash, content.Length);
        hasher.Append(content);
        return hasher.Finish();
    }

    /// <summary>Takes more of the content.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        sha1?.Append(bytes);
        sha256?.Append(bytes);
    }

    /// <summary>The id; nothing may be appended after it.</summary>
    public GitObjectId Finish()
    {
        Span<byte> digest = stackalloc byte[GitObjectId.MostBytes];
        if (sha1 is not null)
        {
            sha1.Finish(digest);
            return GitObjectId.Of(digest[..Sha1.DigestBytes]);
        }

        sha256!.Finish(digest);
        return GitObjectId.Of(digest);
    }
}
