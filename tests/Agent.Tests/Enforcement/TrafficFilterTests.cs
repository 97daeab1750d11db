using Sallyport.Agent.Enforcement;

namespace Sallyport.Agent.Tests.Enforcement;

public sealed class TrafficFilterTests
{
    [Fact]
    public void A_filter_is_read_as_it_was_written()
    {
        var filter = new TrafficFilter(7, 2, 1, 49152, 4711);
        Assert.Equal(filter, TrafficFilter.Parse(filter.Format()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("7 2 1 49152")]
    [InlineData("7 3 1 49152 4711")]
    [InlineData("4294967295 2 1 49152 4711")]
    [InlineData("7 2 -1 49152 4711")]
    [InlineData("7 2 1 49152 4711 0")]
    public void Other_text_is_no_filter(string text) => Assert.Null(TrafficFilter.Parse(text));
}
