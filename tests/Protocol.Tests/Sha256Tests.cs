using System.Runtime.Intrinsics.X86;
using System.Security.Cryptography;
using System.Text;
using Sallyport.Protocol.Hashing;
using Xunit;

namespace Sallyport.Protocol.Tests;

public class Sha256Tests
{
    /// <summary>FIPS 180-4 examples (NIST, SHA256.pdf).</summary>
    [Theory]
    [InlineData("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    [InlineData("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    [InlineData("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")]
    public void Published_examples_give_their_digests(string text, string digest) =>
        Assert.Equal(digest, Convert.ToHexStringLower(Sha256.Digest(Encoding.ASCII.GetBytes(text))));

    [Fact]
    public void Any_length_in_any_pieces_gives_what_the_framework_gives()
    {
        var random = new Random(42);
        for (var length = 0; length < 300; length++)
        {
            var bytes = new byte[length];
            random.NextBytes(bytes);
            var hash = new Sha256();
            for (var at = 0; at < length;)
            {
                var piece = Math.Min(length - at, random.Next(0, 80));
                hash.Append(bytes.AsSpan(at, piece));
                at += piece;
            }

            var digest = new byte[Sha256.DigestBytes];
            hash.Finish(digest);
            Assert.Equal(SHA256.HashData(bytes), digest);
        }
    }

    [Fact]
    public void Words_made_four_at_a_time_are_those_of_the_standard()
    {
        Assert.SkipUnless(Ssse3.IsSupported, "this processor has no SSSE3");
        var bytes = new byte[64];
        new Random(7).NextBytes(bytes);
        var words = new uint[64];
        var four = new uint[64];
        Sha256.Schedule(bytes, words);
        Sha256.ScheduleFour(bytes, four);
        Assert.Equal(words, four);
    }
}
