using System.Globalization;
using Sallyport.Agent.Core.Git;

namespace Sallyport.Agent.Core.Tests.Git;

public class GitIndexReaderTests
{
    [Theory]
    [InlineData(2, "sha1")]
    [InlineData(3, "sha1")]
    [InlineData(4, "sha1")]
    [InlineData(2, "sha256")]
    [InlineData(4, "sha256")]
    public void An_index_says_what_git_says_of_it(int version, string format)
    {
        using var git = new GitFixtures(format);
        for (var i = 0; i < 50; i++)
        {
            git.Write($"folder/of a/{new string('n', i)}file{i}.c", $"content {i}\n");
        }

        git.Write("ünïcode", "x");
        File.CreateSymbolicLink(git.PathOf("link"), "folder");
        _ = git.Git("add", ".");
        if (version == 3)
        {
            git.Write("later", "x");
            _ = git.Git("add", "--intent-to-add", "later"); // an extended flag makes it version 3
        }
        else
        {
            _ = git.Git("update-index", "--index-version", version.ToString(CultureInfo.InvariantCulture));
        }

        var index = git.Read(".git/index");
        Assert.Equal(version, index[7]);
        var entries = new List<GitIndexEntry>();
        var hash = format == "sha1" ? GitHash.Sha1 : GitHash.Sha256;
        Assert.Equal(GitIndexDefect.None, GitIndexReader.Read(index, hash, 1000, entries));
        var expected = git.Git("-c", "core.quotePath=false", "ls-files", "--stage").Split('\n');
        Assert.Equal(
            expected,
            entries.Select(e => string.Create(CultureInfo.InvariantCulture, $"{Convert.ToString(e.Mode, 8)} {e.Id} 0\t{e.Path}")));
        var file = entries.Find(e => e.Path.EndsWith("file7.c", StringComparison.Ordinal));
        Assert.Equal(10u, file.Size);
        Assert.Equal(BlobHasher.Of(hash, "content 7\n"u8), file.Id);
        Assert.Equal(
            new DateTimeOffset(File.GetLastWriteTimeUtc(git.PathOf(file.Path))).ToUnixTimeSeconds(), file.ModifiedNs / 1_000_000_000);
    }

    /// <summary>git makes no such index: somebody else did, for whom reads it.</summary>
    [Theory]
    [InlineData("a\0b")]
    [InlineData("a/../b")]
    [InlineData("./a")]
    [InlineData("a//b")]
    [InlineData("/a")]
    [InlineData("a/")]
    [InlineData(".")]
    public void A_path_that_is_none_is_a_defect(string path)
    {
        var entries = new List<GitIndexEntry>();
        Assert.Equal(GitIndexDefect.Malformed, GitIndexReader.Read(Index("good/name", path), GitHash.Sha1, 10, entries));
        Assert.Equal("good/name", Assert.Single(entries).Path);
    }

    [Fact]
    public void Paths_past_the_bound_of_text_are_missing_and_it_says_so()
    {
        var entries = new List<GitIndexEntry>();
        var longest = Enumerable.Range(0, 5000).Select(i => i.ToString("D8", CultureInfo.InvariantCulture) + new string('a', 4000)).ToArray();
        Assert.Equal(GitIndexDefect.TooMany, GitIndexReader.Read(Index(longest), GitHash.Sha1, 10_000, entries));
        Assert.InRange(entries.Count, 4000, 4500);
    }

    /// <summary>Version 2, of files that have no content.</summary>
    private static byte[] Index(params string[] paths)
    {
        using var index = new MemoryStream();
        index.Write("DIRC"u8);
        index.Write([0, 0, 0, 2, 0, 0, (byte)(paths.Length >> 8), (byte)paths.Length]);
        foreach (var path in paths.Select(System.Text.Encoding.UTF8.GetBytes))
        {
            var entry = new byte[(62 + path.Length + 8) & ~7];
            (entry[26], entry[27]) = (0x81, 0xa4);
            var told = Math.Min(path.Length, 0xfff);
            (entry[60], entry[61]) = ((byte)(told >> 8), (byte)told);
            path.CopyTo(entry, 62);
            index.Write(entry);
        }

        index.Write(new byte[20]);
        return index.ToArray();
    }

    [Fact]
    public void Past_the_bound_entries_are_missing_and_it_says_so()
    {
        using var git = new GitFixtures();
        for (var i = 0; i < 9; i++)
        {
            git.Write($"file{i}", "x");
        }

        _ = git.Git("add", ".");
        var entries = new List<GitIndexEntry>();
        Assert.Equal(GitIndexDefect.TooMany, GitIndexReader.Read(git.Read(".git/index"), GitHash.Sha1, 5, entries));
        Assert.Equal(5, entries.Count);
    }

    [Fact]
    public void A_split_index_says_that_it_is_one()
    {
        using var git = new GitFixtures();
        git.Write("file", "x");
        _ = git.Git("add", ".");
        _ = git.Git("update-index", "--split-index");
        Assert.Equal(GitIndexDefect.Split, GitIndexReader.Read(git.Read(".git/index"), GitHash.Sha1, 5, []));
    }

    [Fact]
    public void Entries_of_a_conflict_are_passed_over()
    {
        using var git = new GitFixtures();
        git.Write("file", "one");
        git.Write("other", "x");
        _ = git.Git("add", ".");
        _ = git.Git("commit", "-qm", "one");
        var one = git.Git("rev-parse", ":file");
        _ = git.Git("update-index", "--force-remove", "file");
        File.WriteAllText(git.PathOf("info"), $"100644 {one} 1\tfile\n100644 {one} 2\tfile\n");
        _ = git.Git("-c", "alias.load=!git update-index --index-info < info", "load");
        var entries = new List<GitIndexEntry>();
        Assert.Equal(GitIndexDefect.None, GitIndexReader.Read(git.Read(".git/index"), GitHash.Sha1, 5, entries));
        Assert.Equal("other", Assert.Single(entries).Path);
    }

    [Fact]
    public void Every_cut_and_every_changed_byte_is_read_to_the_end_or_refused()
    {
        using var git = new GitFixtures();
        git.Write("folder/file", "x");
        git.Write("folder/file2", "x");
        _ = git.Git("add", ".");
        _ = git.Git("update-index", "--index-version", "4");
        var index = git.Read(".git/index");
        for (var i = 0; i < index.Length; i++)
        {
            _ = GitIndexReader.Read(index.AsSpan(0, i), GitHash.Sha1, 5, []);
            foreach (var flip in (byte[])[0x01, 0x80, 0xff])
            {
                var changed = index.ToArray();
                changed[i] ^= flip;
                var entries = new List<GitIndexEntry>();
                _ = GitIndexReader.Read(changed, GitHash.Sha1, 5, entries);
                Assert.True(entries.Count <= 5);
            }
        }
    }
}
