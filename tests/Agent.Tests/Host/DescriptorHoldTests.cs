using Sallyport.Agent.Control;
using Sallyport.Agent.Host;

namespace Sallyport.Agent.Tests.Host;

public sealed class DescriptorHoldTests
{
    [Fact]
    public async Task A_pipe_that_is_held_has_no_end_until_it_is_let_go()
    {
        using var hold = DescriptorHold.Open();
        using var pipe = DescriptorPipe.Open();
        Assert.True(hold.TryAdd(OwnImage.Number(pipe.Writer)));
        pipe.Writer.Dispose();
        using var reader = new FileStream(pipe.Reader, FileAccess.Read, 0);
        var end = Task.Run(() => reader.ReadByte(), TestContext.Current.CancellationToken);
        Assert.False(IsAtEnd(pipe));
        hold.LetGo();
        Assert.Equal(-1, await end.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken));
    }

    [Fact]
    public void It_takes_at_least_two_hundred_and_then_says_that_it_is_full()
    {
        using var hold = DescriptorHold.Open();
        using var pipe = DescriptorPipe.Open();
        var held = 0;
        while (held < 100_000 && hold.TryAdd(OwnImage.Number(pipe.Reader)))
        {
            held++;
        }

        Assert.InRange(held, 200, 99_999);
    }

    /// <summary>poll(2): a pipe without writers has hung up.</summary>
    private static unsafe bool IsAtEnd(DescriptorPipe pipe)
    {
        var look = new Interop.Libc.PollDescriptor
        {
            Descriptor = OwnImage.Number(pipe.Reader),
            Events = Native.POLLIN,
        };
        return Interop.Libc.poll(&look, 1, 0) != 0;
    }
}
