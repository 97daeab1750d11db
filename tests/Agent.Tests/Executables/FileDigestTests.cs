using System.Security.Cryptography;
using Sallyport.Agent.Executables;

namespace Sallyport.Agent.Tests.Executables;

public sealed class FileDigestTests
{
    [Theory]
    [InlineData(0, 1)]
    [InlineData(3, 1)]
    [InlineData(55, 7)]
    [InlineData(56, 56)]
    [InlineData(64, 64)]
    [InlineData(1_000_003, 4096)]
    public void It_is_the_frameworks_whatever_the_pieces(int length, int piece)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        var digest = new FileDigest();
        for (var at = 0; at < length; at += piece)
        {
            digest.Append(bytes.AsSpan(at, Math.Min(piece, length - at)));
        }

        Span<byte> found = stackalloc byte[SHA256.HashSizeInBytes];
        digest.Finish(found);

        Assert.Equal(Convert.ToHexString(SHA256.HashData(bytes)), Convert.ToHexString(found));
    }
}
