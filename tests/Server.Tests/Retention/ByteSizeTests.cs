using Sallyport.Server.Retention;

namespace Sallyport.Server.Tests.Retention;

public sealed class ByteSizeTests
{
    [Theory]
    [InlineData("20 GB", 20_000_000_000)]
    [InlineData("1.5tb", 1_500_000_000_000)]
    [InlineData(" 512 MiB ", 512L << 20)]
    [InlineData("300 B", 300)]
    [InlineData("0.5 kB", 500)]
    public void A_number_with_a_unit_is_a_size(string text, long bytes)
    {
        Assert.True(ByteSize.TryRead(text, out var read));
        Assert.Equal(bytes, read);
        Assert.True(ByteSize.TryRead(ByteSize.Text(bytes), out var again));
        Assert.Equal(bytes, again);
    }

    [Theory]
    [InlineData("")]
    [InlineData("20")]
    [InlineData("GB")]
    [InlineData("-1 GB")]
    [InlineData("1,5 GB")]
    [InlineData("1e3 GB")]
    [InlineData("1 GB 2")]
    [InlineData("9999999999 TB")]
    [InlineData("99999999999999999999999999999999999999 B")]
    public void Anything_else_is_none(string text) => Assert.False(ByteSize.TryRead(text, out _));

    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(314_572_800)]
    [InlineData(1L << 30)]
    public void What_is_written_reads_back_as_the_same(long bytes)
    {
        Assert.True(ByteSize.TryRead(ByteSize.Text(bytes), out var read));
        Assert.Equal(bytes, read);
    }
}
