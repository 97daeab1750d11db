using Sallyport.Agent.Control.Sockets;
using Sallyport.Agent.Host;
using Sallyport.Agent.Runner;

namespace Sallyport.Agent.Tests.Runner;

public sealed class RunnerJobOrderTests
{
    [Fact]
    public void An_order_is_read_as_it_was_written_whatever_the_request_holds()
    {
        byte[] request = [0, 10, 255, .. "{}"u8];
        var order = new RunnerJobOrder(new ProcessIdentity(4711, 99), "action", new PeerCredentials(12, 0, 1000), request);
        Assert.True(RunnerJobOrder.TryParse(order.Format(), out var read));
        Assert.Equal((order.Worker, order.Origin, order.Peer), (read.Worker, read.Origin, read.Peer));
        Assert.Equal(request, read.Request.ToArray());
        Assert.Null(read.Scope);
        Assert.True(RunnerJobOrder.TryParse((order with { Scope = "machine" }).Format(), out read));
        Assert.Equal("machine", read.Scope);
    }

    [Theory]
    [InlineData("")]
    [InlineData("1 2 action 3 4 5 -")]
    [InlineData("1 2 action 3 4 5\n")]
    [InlineData("x 2 action 3 4 5 -\n")]
    public void What_is_none_is_refused(string text) =>
        Assert.False(RunnerJobOrder.TryParse(System.Text.Encoding.ASCII.GetBytes(text), out _));
}
