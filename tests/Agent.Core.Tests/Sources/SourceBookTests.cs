using System.Text;
using Sallyport.Agent.Core.Git;
using Sallyport.Agent.Core.Sources;
using static Sallyport.Agent.Core.Sources.SourceWritingKind;

namespace Sallyport.Agent.Core.Tests.Sources;

public class SourceBookTests
{
    private const string Path = "src/main.c";
    private readonly MemoryFiles files = new();
    private readonly List<SourceChange> told = [];
    private readonly SourceBook book;
    private readonly SourceTree tree;
    private readonly SourceFile file;
    private long now = 1_000_000_000;

    public SourceBookTests()
    {
        book = new SourceBook(files, told.Add);
        tree = book.FindOrAdd("/work", "/work/.git", GitHash.Sha1)!;
        var entry = files.Commit(Path, "one\ntwo\nthree\n");
        file = book.Add(tree, in entry)!;
    }

    [Fact]
    public void Other_content_is_told_once_for_each_process()
    {
        Write("one\n2\nthree\n", process: 1, Written | Closed);
        Write("one\n3\nthree\n", process: 1, Written | Closed);
        Write("one\n4\nthree\n", process: 2, Placed);
        Assert.Equal([1UL, 2UL], told.Select(change => change.Writing.Process));
        Assert.Equal(("/work/src/main.c", "written", "line 2: -two ⏎ +2"), (told[0].Path, told[0].How, told[0].Difference));
        Assert.Equal("replaced", told[1].How);
        Assert.NotEqual(told[0].Before, told[0].After);
    }

    [Fact]
    public void More_processes_than_are_told_of_one_file_are_counted()
    {
        for (var process = 1UL; process <= SourceFile.MostWriters + 2; process++)
        {
            Write($"by {process}\n", process, Written | Closed);
        }

        Write("again\n", process: 1, Written | Closed);
        Assert.Equal((SourceFile.MostWriters, 2L), (told.Count, book.Overflow));
    }

    [Fact]
    public void A_file_that_is_written_anew_with_what_it_was_is_not_told()
    {
        Write("", process: 1, Written);
        Write("one\n", process: 1, Written);
        Write("one\ntwo\nthree\n", process: 1, Written | Closed);
        Wait();
        Assert.Empty(told);
    }

    [Fact]
    public void Content_that_was_seen_while_the_file_was_open_is_told_though_it_is_put_back()
    {
        Write("evil\n", process: 1, Written);
        Write("one\ntwo\nthree\n", process: 1, Written | Closed);
        var change = Assert.Single(told);
        Assert.True(change.IsPutBack);
        Assert.Equal(BlobHasher.Of(GitHash.Sha1, "evil\n"u8).ToString(), change.After);
    }

    [Fact]
    public void Whoever_wrote_is_told_though_another_one_closes_the_descriptor()
    {
        Write("evil\n", process: 1, Written);
        book.Accept(file, By(2, Closed), files.Look(file), now);
        Assert.Equal(1UL, Assert.Single(told).Writing.Process);
    }

    [Fact]
    public void A_writer_that_never_closes_is_looked_at_all_the_same()
    {
        Write("evil\n", process: 1, Written);
        Assert.Empty(told);
        Wait();
        Assert.Equal(1UL, Assert.Single(told).Writing.Process);
    }

    [Fact]
    public void Half_of_the_file_is_a_change_when_it_stays_so()
    {
        Write("one\n", process: 1, Written);
        Wait();
        Assert.Single(told);
    }

    [Fact]
    public void Two_writers_that_nobody_saw_between_are_told_of_the_first()
    {
        var seen = files.Look(file);
        files.Write(Path, "one\ntwo\nthree\n");
        seen = files.Look(file);
        book.Accept(file, By(1, Written | Closed), seen, now);
        book.Accept(file, By(2, Written | Closed), seen, now);
        Assert.Equal((1UL, null, true), (told[0].Writing.Process, told[0].After, told[0].IsPutBack));
    }

    [Fact]
    public void A_map_tells_by_the_time_that_the_kernel_sets()
    {
        Write("one\ntwo\nthree\n", process: 1, Closed);
        Assert.True(Assert.Single(told).IsPutBack);
    }

    [Fact]
    public void A_map_tells_also_where_something_was_written_before()
    {
        Write("one\ntwo\nthree\n", process: 1, Written);
        Write("one\ntwo\nthree\n", process: 1, Closed);
        Assert.True(Assert.Single(told).IsPutBack);
    }

    [Fact]
    public void A_file_whose_end_is_told_by_itself_is_no_map()
    {
        Write("", process: 1, Written);
        Write("one\ntwo\nthree\n", process: 1, Written);
        book.Accept(file, By(1, Closed), files.Look(file), now);
        Wait();
        Assert.Empty(told);
    }

    [Fact]
    public void A_descriptor_that_could_write_and_did_not_is_nothing()
    {
        book.Accept(file, By(1, Closed), files.Look(file), now);
        Write("one\ntwo\nthree\n", process: 1, Closed | Attributes); // touch
        Write("one\ntwo\nthree\n", process: 1, Attributes);
        book.Accept(file, By(1, Closed), files.Look(file), now);
        Assert.Empty(told);
    }

    [Fact]
    public void A_removed_file_is_nothing_until_another_stands_there()
    {
        files.Remove(Path);
        book.Accept(file, By(1, Removed), null, now);
        Assert.Empty(told);
        Write("evil", process: 2, Placed | Written | Closed);
        Assert.Equal(2UL, Assert.Single(told).Writing.Process);
    }

    [Fact]
    public void What_git_wrote_is_the_content_from_then_on()
    {
        Write("by git\n", process: 1, Placed | Written | Closed, isTrusted: true);
        var entry = files.Commit(Path, "by git\n");
        Confirm(in entry);
        Write("by git\n", process: 2, Written | Closed);
        Assert.Empty(told);
        Write("one\ntwo\nthree\n", process: 2, Written | Closed);
        Assert.Equal(entry.Id.ToString(), Assert.Single(told).Before);
    }

    [Fact]
    public void What_git_wrote_without_its_index_is_taken_from_the_file()
    {
        Write("applied\n", process: 1, Written | Closed, isTrusted: true);
        Wait();
        Write("applied\n", process: 2, Written | Closed);
        Assert.Empty(told);
    }

    [Fact]
    public void An_index_that_does_not_speak_of_what_git_left_is_not_believed()
    {
        var before = files.Commit(Path, "one\ntwo\nthree\n");
        Write("from the stash\n", process: 1, Placed | Written | Closed, isTrusted: true);
        Confirm(in before);
        book.Finish(f => files.StampOf(f.Path), now);
        Assert.Empty(told);
    }

    [Fact]
    public void What_changed_after_git_wrote_is_found_though_nobody_told_of_it()
    {
        Write("by git\n", process: 1, Placed | Written | Closed, isTrusted: true);
        var entry = files.Commit(Path, "by git\n");
        files.Write(Path, "evil\n");
        SourceBook.Confirm(file, in entry, files.StampOf(Path), now + 1);
        book.Finish(f => files.StampOf(f.Path), now);
        Assert.Equal((entry.Id.ToString(), "found"), (Assert.Single(told).Before, told[0].How));
    }

    [Fact]
    public void Old_content_that_another_one_puts_back_before_the_index_is_read_is_found()
    {
        Write("mended\n", process: 1, Placed | Written | Closed, isTrusted: true);
        var entry = files.Commit(Path, "mended\n");
        Write("one\ntwo\nthree\n", process: 2, Written | Closed);
        Confirm(in entry);
        book.Finish(f => files.StampOf(f.Path), now);
        Assert.Equal(entry.Id.ToString(), Assert.Single(told).Before);
    }

    [Fact]
    public void An_index_alone_changes_nothing()
    {
        var evil = new GitIndexEntry(Path, 0x81a4, BlobHasher.Of(GitHash.Sha1, "evil"u8), 4, 0, 0, 1);
        Confirm(in evil);
        Write("evil", process: 1, Written | Closed);
        Assert.Single(told);
    }

    [Fact]
    public void Other_ends_of_lines_are_the_same_text()
    {
        Write("one\r\ntwo\r\nthree\r\n", process: 1, Written | Closed);
        Assert.Empty(told);
    }

    [Fact]
    public void A_pointer_of_LFS_stands_for_the_content_that_has_its_hash()
    {
        var content = "a large file"u8;
        var oid = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(content));
        var entry = files.Commit("large", $"version https://git-lfs.github.com/spec/v1\noid sha256:{oid}\nsize 12\n");
        var large = book.Add(tree, in entry)!;
        files.Write("large", Encoding.UTF8.GetString(content));
        book.Accept(large, By(1, Written | Closed), files.Look(large), now);
        Assert.Empty(told);
        files.Write("large", "another");
        book.Accept(large, By(1, Written | Closed), files.Look(large), now);
        Assert.Single(told);
    }

    [Fact]
    public void At_the_end_a_file_that_nobody_told_of_is_told_of_nobody()
    {
        files.Write(Path, "evil\n");
        book.Finish(f => files.StampOf(f.Path), now);
        var change = Assert.Single(told);
        Assert.Equal(("found", 0UL), (change.How, change.Writing.Process));
    }

    [Fact]
    public void Past_the_bound_of_trees_none_is_taken()
    {
        for (var i = 0; i < SourceBook.MostTrees + 5; i++)
        {
            _ = book.FindOrAdd($"/t{i}", $"/t{i}/.git", GitHash.Sha1);
        }

        Assert.Equal(6, book.Overflow);
    }

    private static SourceWriting By(ulong process, SourceWritingKind kind, bool isTrusted = false) =>
        new(process, 100 + (uint)process, 5, isTrusted, kind);

    private void Write(string text, ulong process, SourceWritingKind kind, bool isTrusted = false)
    {
        files.Write(Path, text);
        book.Accept(file, By(process, kind, isTrusted), isTrusted ? null : files.Look(file), now);
    }

    /// <summary>The index is read when nobody has touched the file since it was told.</summary>
    private void Confirm(in GitIndexEntry entry) => SourceBook.Confirm(file, in entry, files.StampOf(Path), changedNs: 0);

    private void Wait()
    {
        now += SourceBook.IndexNs;
        book.Tend(now);
    }
}
