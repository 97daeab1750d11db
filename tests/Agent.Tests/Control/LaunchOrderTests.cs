using Sallyport.Agent.Control;

namespace Sallyport.Agent.Tests.Control;

public sealed class LaunchOrderTests
{
    internal static LaunchOrder Of(params string[] arguments) => new(
        [.. arguments.Select(System.Text.Encoding.UTF8.GetBytes)], ["PATH=/usr/bin:/bin"u8.ToArray()], null, 0, [], 0, 0, [], []);

    [Fact]
    public void Any_byte_of_an_argument_passes()
    {
        var order = Of("x") with
        {
            Arguments = [[0xff, 0xfe, (byte)'\n'], []],
            User = 1000,
            Group = 7,
            Groups = [7, 27],
            Descriptors = [5],
            Overlays = [new FileOverlay("/a", "/b"), new FileOverlay("/c", "/d")],
        };
        using var stream = new MemoryStream();
        order.Write(stream);
        stream.Position = 0;
        var read = LaunchOrder.Read(stream);
        Assert.Equal(order.Arguments, read.Arguments);
        Assert.Equal(order.Environment, read.Environment);
        Assert.Equal((order.User, order.Group), (read.User, read.Group));
        Assert.Equal(order.Groups, read.Groups);
        Assert.Equal(order.Descriptors, read.Descriptors);
        Assert.Equal(order.Overlays, read.Overlays);
    }

    [Fact]
    public void An_order_that_ends_in_the_middle_is_no_order()
    {
        using var stream = new MemoryStream();
        Of("true").Write(stream);
        stream.SetLength(stream.Length - 1);
        stream.Position = 0;
        Assert.Throws<EndOfStreamException>(() => LaunchOrder.Read(stream));
    }
}
