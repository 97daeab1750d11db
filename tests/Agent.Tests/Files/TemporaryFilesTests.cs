using System.Globalization;
using Sallyport.Agent.Core.Files;
using Sallyport.Agent.Files;

namespace Sallyport.Agent.Tests.Files;

public sealed class TemporaryFilesTests
{
    private readonly TemporaryFiles files = new();
    private readonly FileLedger ledger = new();

    [Fact]
    public void Who_put_a_program_there_is_told_though_much_was_put_there_and_taken_away_since()
    {
        Put("/tmp/payload");
        for (var i = 1; i < TemporaryFiles.MostFiles; i++)
        {
            Put(Name(i));
            files.Take(ledger, Name(i), 1, "removed", i);
        }

        files.Run(ledger, "/tmp/payload");
        Assert.Equal(("/tmp/payload", 0L), (Assert.Single(ledger.Take()).Path, files.Overflow));
    }

    /// <summary>What is forgotten is a loss, but for files that are gone: those of a compiler, that come and go.</summary>
    [Fact]
    public void A_file_that_is_forgotten_while_it_is_there_is_a_loss()
    {
        Put("/tmp/gone");
        Put("/tmp/payload");
        files.Take(ledger, "/tmp/gone", 1, "removed", 2);
        for (var i = 0; i < TemporaryFiles.MostFiles; i++)
        {
            Put(Name(i));
        }

        files.Run(ledger, "/tmp/payload");
        Assert.True(ledger.IsEmpty);
        Assert.Equal(1, files.Overflow);
    }

    [Fact]
    public void A_program_that_is_forgotten_is_a_loss()
    {
        for (var i = 0; i <= TemporaryFiles.MostPrograms; i++)
        {
            files.Run(ledger, Name(i));
        }

        Assert.Equal(1, files.Overflow);
    }

    /// <summary>Though nobody remembers any more who had put it there, and who took it away.</summary>
    [Fact]
    public void A_program_that_is_forgotten_when_it_is_gone_is_none()
    {
        Put("/tmp/payload");
        files.Run(ledger, "/tmp/payload");
        files.Take(ledger, "/tmp/payload", 1, "removed", 2);
        for (var i = 0; i < TemporaryFiles.MostFiles; i++)
        {
            Put(Name(i));
        }

        for (var i = 0; i < TemporaryFiles.MostPrograms; i++)
        {
            files.Run(ledger, Name(i));
        }

        Assert.Equal(0, files.Overflow);
    }

    private void Put(string path) => files.Take(ledger, path, 7, "created", 1);

    private static string Name(int number) => "/tmp/" + number.ToString(CultureInfo.InvariantCulture);
}
