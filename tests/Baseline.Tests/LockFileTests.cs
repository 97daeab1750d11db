using System.Text;

namespace Sallyport.Baseline.Tests;

public sealed class LockFileTests
{
    private static readonly LockDocument Document = LockDocument.Empty
        .With(JobBaseline.Empty("b").Learn([new("udp", "time.example.com", 123, null, null, false)]))
        .With(JobBaseline.Empty("a").Learn([new("tcp", "github.com", 443, "s", "/usr/bin/git", false)]));

    [Fact]
    public void A_lock_file_reads_back_as_it_was_written()
    {
        byte[] bytes = LockFile.Write(Document);

        Assert.True(LockFile.TryRead(bytes, out LockDocument? read, out _));
        Assert.Equal(bytes, LockFile.Write(read));
        Assert.Equal(["a", "b"], read.Jobs.Select(job => job.Job));
        Assert.Equal("/usr/bin/git", read.Find("a")!.Destinations[0].Processes[0]);
        Assert.Null(read.Find("c"));
        Assert.StartsWith("{\n  \"schema\": \"sallyport.lock/v1\",\n  \"jobs\": [\n", Encoding.UTF8.GetString(bytes), StringComparison.Ordinal);
        Assert.Equal((byte)'\n', bytes[^1]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("""{"schema":"sallyport.lock/v2","jobs":[]}""")]
    [InlineData("""{"schema":"sallyport.lock/v1"}""")]
    [InlineData("""{"schema":"sallyport.lock/v1","jobs":null}""")]
    [InlineData("""{"schema":"sallyport.lock/v1","jobs":[null]}""")]
    [InlineData("""{"schema":"sallyport.lock/v1","jobs":[{"job":"","runs":1,"destinations":[]}]}""")]
    [InlineData("""{"schema":"sallyport.lock/v1","jobs":[{"job":"a","runs":1,"destinations":[null]}]}""")]
    [InlineData("""{"schema":"sallyport.lock/v1","jobs":[{"job":"a","runs":1,"destinations":[{"protocol":"tcp","host":"h","port":70000,"runs":1,"steps":[],"processes":[]}]}]}""")]
    [InlineData("""{"schema":"sallyport.lock/v1","jobs":[{"job":"a","runs":1,"destinations":[]},{"job":"a","runs":1,"destinations":[]}]}""")]
    public void What_is_no_lock_file_is_refused_with_what_would_be_accepted(string text)
    {
        Assert.False(LockFile.TryRead(Encoding.UTF8.GetBytes(text), out _, out string? mistake));
        Assert.NotEmpty(mistake);
    }

    [Fact]
    public void No_bytes_make_the_reader_throw()
    {
        byte[] good = LockFile.Write(Document);
        var random = new Random(1);
        int accepted = 0;
        for (int i = 0; i < 20_000; i++)
        {
            byte[] bytes = [.. good];
            for (int edits = random.Next(1, 4); edits > 0; edits--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }
            accepted += LockFile.TryRead(bytes.AsSpan(0, random.Next(4) == 0 ? random.Next(bytes.Length) : bytes.Length), out _, out _) ? 1 : 0;
        }
        Assert.InRange(accepted, 100, 19_000);
    }
}
