using System.Buffers.Binary;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Sallyport.Agent.Core.Git;

namespace Sallyport.Agent.Core.Tests.Git;

public class ObjectTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(55)]
    [InlineData(56)]
    [InlineData(64)]
    [InlineData(1_000_003)]
    public void SHA_1_is_that_of_the_framework(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        var hash = new Sha1();
        for (var i = 0; i < length;)
        {
            var taken = Math.Min(length - i, 1 + i % 200);
            hash.Append(bytes.AsSpan(i, taken));
            i += taken;
        }

        var digest = new byte[Sha1.DigestBytes];
        hash.Finish(digest);
#pragma warning disable CA5350 // git names content by it
        Assert.Equal(SHA1.HashData(bytes), digest);
#pragma warning restore CA5350
    }

    [Fact]
    public void A_blob_has_the_id_that_git_gives_it()
    {
        using var git = new GitFixtures();
        git.Write("file", "some content\n");
        Assert.Equal(git.Git("hash-object", "file"), BlobHasher.Of(GitHash.Sha1, "some content\n"u8).ToString());
    }

    [Theory]
    [InlineData(CompressionLevel.NoCompression)]
    [InlineData(CompressionLevel.Fastest)]
    [InlineData(CompressionLevel.SmallestSize)]
    public void What_was_deflated_is_inflated(CompressionLevel level)
    {
        var random = new Random(7);
        foreach (var length in (int[])[1, 100, 70_000, 300_000])
        {
            var bytes = new byte[length];
            random.NextBytes(bytes);
            bytes.AsSpan(length / 3).Fill(1);
            Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("words and words ", length / 64))).CopyTo(bytes.AsSpan(0));
            var packed = new MemoryStream();
            using (var zlib = new ZLibStream(packed, level, leaveOpen: true))
            {
                zlib.Write(bytes);
            }

            var target = new byte[length];
            Assert.True(Inflater.TryInflate(packed.ToArray(), target, out var written));
            Assert.Equal(length, written);
            Assert.Equal(bytes, target);
            Assert.True(length < 2 || !Inflater.TryInflate(packed.ToArray().AsSpan(0, (int)packed.Length / 2), target, out _));
        }
    }

    [Fact]
    public void Damaged_data_is_inflated_to_something_or_refused()
    {
        var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            zlib.Write(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 400).Select(i => $"line {i * i}\n"))));
        }

        var random = new Random(11);
        var target = new byte[8192];
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = packed.ToArray();
            bytes[random.Next(2, bytes.Length)] = (byte)random.Next(256);
            bytes[random.Next(2, bytes.Length)] ^= (byte)(1 << random.Next(8));
            _ = Inflater.TryInflate(bytes.AsSpan(0, random.Next(bytes.Length)), target, out var written);
            Assert.InRange(written, 0, target.Length);
        }
    }

    [Fact]
    public void Objects_of_a_pack_are_found_and_put_together_from_deltas()
    {
        using var git = new GitFixtures();
        var text = new StringBuilder();
        var ids = new List<(string Id, string Content)>();
        for (var i = 0; i < 30; i++)
        {
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"line {i} of a text that grows, {i * 7919}\n");
            git.Write("file", text.ToString());
            _ = git.Git("add", ".");
            _ = git.Git("commit", "-qm", "next");
            ids.Add((git.Git("rev-parse", ":file"), text.ToString()));
        }

        _ = git.Git("gc", "-q", "--aggressive");
        var index = File.ReadAllBytes(Directory.GetFiles(git.PathOf(".git/objects/pack"), "*.idx").Single());
        var pack = File.ReadAllBytes(Directory.GetFiles(git.PathOf(".git/objects/pack"), "*.pack").Single());
        var deltas = 0;
        foreach (var (id, content) in ids)
        {
            Assert.True(PackIndex.TryFind(index, GitHash.Sha1, GitObjectId.Of(Convert.FromHexString(id)), out var offset));
            Assert.Equal(content, Encoding.UTF8.GetString(Object(pack, offset, ref deltas)));
        }

        Assert.True(deltas > 10);
        Assert.False(PackIndex.TryFind(index, GitHash.Sha1, GitObjectId.Of(new byte[20]), out _));
    }

    [Fact]
    public void A_delta_that_does_not_fit_its_base_gives_nothing()
    {
        Assert.Null(PackDelta.TryApply("abc"u8, [4, 1, 0x90, 1], 100)); // another length of the base
        Assert.Null(PackDelta.TryApply("abc"u8, [3, 5, 0x90, 5], 100)); // copies behind the end
        Assert.Null(PackDelta.TryApply("abc"u8, [3, 2, 3, 1, 2, 3], 100)); // more than it says
        Assert.Null(PackDelta.TryApply("abc"u8, [3, 0x80, 0x80, 0x80, 0x80, 1], 100)); // too large
        Assert.Null(PackDelta.TryApply("abc"u8, [3, 1, 0], 100));
        Assert.Equal("bcX"u8.ToArray(), PackDelta.TryApply("abc"u8, [3, 3, 0x91, 1, 2, 1, (byte)'X'], 100));
    }

    [Fact]
    public void Every_cut_of_an_index_of_a_pack_is_refused_or_read()
    {
        var index = new byte[8 + 1024 + 24 + 4];
        BinaryPrimitives.WriteUInt32BigEndian(index, 0xff744f63);
        index[7] = 2;
        for (var i = 0; i < 256; i++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(index.AsSpan(8 + 4 * i), 1);
        }

        Assert.True(PackIndex.TryFind(index, GitHash.Sha1, GitObjectId.Of(new byte[20]), out _));
        for (var i = 0; i < index.Length; i++)
        {
            Assert.False(PackIndex.TryFind(index.AsSpan(0, i), GitHash.Sha1, GitObjectId.Of(new byte[20]), out _));
            index[i] ^= 0xff;
            _ = PackIndex.TryFind(index, GitHash.Sha1, GitObjectId.Of(new byte[20]), out _);
            index[i] ^= 0xff;
        }
    }

    [Fact]
    public void A_configuration_says_where_the_work_tree_is()
    {
        var config = GitConfig.Read("[core]\n\tbare = false\n\tworktree = ../../../sub\n[extensions]\n\tobjectformat = sha256\n"u8);
        Assert.Equal(("../../../sub", GitHash.Sha256), (config.WorkTree, config.Hash));
        Assert.Equal(default, GitConfig.Read("[core]\n\tworktree = a\0b\n"u8));
        Assert.Equal(default, GitConfig.Read("[corn]\n worktree = x\n[core]\nworktree"u8));
    }

    private static byte[] Object(byte[] pack, long offset, ref int deltas)
    {
        Assert.True(PackObjectHeader.TryRead(pack.AsSpan((int)offset), GitHash.Sha1, out var header));
        var data = new byte[header.Size];
        Assert.True(Inflater.TryInflate(pack.AsSpan((int)offset + header.Length), data, out _));
        if (header.Type != PackObjectHeader.DeltaByOffset)
        {
            return data;
        }

        deltas++;
        return PackDelta.TryApply(Object(pack, offset - header.BaseOffset, ref deltas), data, 1 << 20)!;
    }
}
