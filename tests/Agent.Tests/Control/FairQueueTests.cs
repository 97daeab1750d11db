using Sallyport.Agent.Control.Sockets;

namespace Sallyport.Agent.Tests.Control;

public sealed class FairQueueTests
{
    private static readonly PeerGroup Step = new(1001, 4711);
    private static readonly PeerGroup Post = new(1001, 4712);
    private static readonly PeerGroup Root = new(0, 0);

    private readonly FairQueue<string> queue = new();

    [Fact]
    public void One_asker_has_a_part_of_the_places_and_the_others_the_rest()
    {
        for (var i = 0; i < 10; i++)
        {
            Assert.True(queue.TryAdd(Step, $"step {i}"));
        }

        Assert.Equal(["step 0", "step 1", "step 2", "step 3"], TakeAll());
        Assert.True(queue.TryAdd(Post, "post") && queue.TryAdd(Root, "root"));
        Assert.Equal(["post", "root"], TakeAll());
        queue.Done(Step);
        Assert.Equal(["step 4"], TakeAll());
    }

    [Fact]
    public void Who_was_served_longest_ago_comes_next()
    {
        // All places are taken by four askers; the next free one is for whoever has had none.
        for (var asker = 0; asker < 4; asker++)
        {
            for (var i = 0; i < 8; i++)
            {
                Assert.True(queue.TryAdd(new PeerGroup(1001, asker), $"{asker}"));
            }
        }

        Assert.Equal(FairQueue<string>.MostAtOnce, TakeAll().Count);
        Assert.True(queue.TryAdd(Post, "post"));
        Assert.Empty(TakeAll());
        queue.Done(new PeerGroup(1001, 0));
        Assert.Equal(["post"], TakeAll());
    }

    [Fact]
    public void More_than_its_bound_is_refused_and_the_others_are_not()
    {
        for (var i = 0; i < FairQueue<string>.MostWaitingOfOne; i++)
        {
            Assert.True(queue.TryAdd(Step, ""));
        }

        Assert.False(queue.TryAdd(Step, ""));
        Assert.True(queue.TryAdd(Post, ""));
        Assert.Equal(FairQueue<string>.MostWaitingOfOne + 1, queue.Clear().Count);
        Assert.Empty(TakeAll());
    }

    private List<string> TakeAll()
    {
        List<string> taken = [];
        while (queue.TryTake(out _, out var item))
        {
            taken.Add(item);
        }

        return taken;
    }
}
