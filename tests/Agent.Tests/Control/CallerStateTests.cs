using Sallyport.Agent.Control;

namespace Sallyport.Agent.Tests.Control;

public sealed class CallerStateTests
{
    [Fact]
    public void What_the_caller_handed_over_survives_a_second_image()
    {
        var state = new CallerState(0x1001, 0x4000, [3, 9, 200]);
        Assert.True(CallerState.TryParse(state.Format(), out var read));
        Assert.Equal((state.IgnoredSignals, state.BlockedSignals), (read.IgnoredSignals, read.BlockedSignals));
        Assert.Equal(state.Descriptors, read.Descriptors);
    }

    [Theory]
    [InlineData("")]
    [InlineData("1:2")]
    [InlineData("x:2:")]
    [InlineData("1:2:2")]
    [InlineData("1:2:-4")]
    [InlineData("1:2:3;4")]
    public void A_word_that_is_not_a_state_is_refused(string text) => Assert.False(CallerState.TryParse(text, out _));
}
