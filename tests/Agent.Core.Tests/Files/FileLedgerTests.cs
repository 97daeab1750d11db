using Sallyport.Agent.Core.Files;

namespace Sallyport.Agent.Core.Tests.Files;

public class FileLedgerTests
{
    private readonly FileLedger ledger = new();

    [Fact]
    public void What_a_process_does_to_a_file_again_is_counted()
    {
        ledger.Add("/a", 1, "written", 10);
        ledger.Add("/a", 1, "written", 20);
        ledger.Add("/a", 2, "written", 15);
        Assert.Equal<FileActivity>([new("/a", "written", 1, 2, 10), new("/a", "written", 2, 1, 15)], ledger.Take());
        Assert.Empty(ledger.Take());
    }

    [Fact]
    public void Writing_what_one_created_oneself_is_part_of_creating_it()
    {
        ledger.Add("/a", 1, "created", 10);
        ledger.Add("/a", 1, "written", 11);
        ledger.Add("/a", 1, "removed", 12);
        Assert.Equal<FileActivity>([new("/a", "created", 1, 2, 10), new("/a", "removed", 1, 1, 12)], ledger.Take());
    }

    [Fact]
    public void Full_says_so_in_time()
    {
        for (var i = 0; i < FileLedger.MostRows; i++)
        {
            Assert.False(ledger.IsFull);
            ledger.Add($"/f{i}", 1, "created", i);
        }

        Assert.True(ledger.IsFull);
        Assert.Equal(FileLedger.MostRows, ledger.Take().Count);
        Assert.False(ledger.IsFull);
    }
}
