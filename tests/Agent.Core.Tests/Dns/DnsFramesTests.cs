using Sallyport.Agent.Core.Dns;

namespace Sallyport.Agent.Core.Tests.Dns;

public sealed class DnsFramesTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(4096)]
    [InlineData(int.MaxValue)]
    public void Messages_come_out_whole_however_the_stream_is_cut(int segment)
    {
        byte[][] sent = [[], [1], new byte[300], new byte[DnsFrames.MaxMessageBytes], [1, 2, 3], new byte[3000]];
        new Random(1).NextBytes(sent[2]);
        new Random(2).NextBytes(sent[3]);
        new Random(3).NextBytes(sent[5]);

        Assert.Equal(sent, Pass([.. sent.SelectMany(Framed)], segment));
    }

    [Fact]
    public void A_message_that_is_not_whole_is_not_taken()
    {
        var frames = new DnsFrames();
        Add(frames, [0, 5, 1, 2, 3, 4]);

        Assert.False(frames.TryTake(out _));
        Add(frames, [5]);
        Assert.True(frames.TryTake(out var message));
        Assert.Equal([1, 2, 3, 4, 5], message.ToArray());
    }

    [Fact]
    public void The_memory_of_a_large_message_is_given_back()
    {
        var frames = new DnsFrames();
        var usual = frames.Free().Length;
        Assert.Single(Pass(frames, Framed(new byte[60_000]), int.MaxValue));
        Assert.Equal(usual, frames.Free().Length);
    }

    [Fact]
    public void Random_messages_in_random_segments_come_out_as_they_went_in()
    {
        var random = new Random(11);
        for (var round = 0; round < 200; round++)
        {
            byte[][] sent = [.. Enumerable.Range(0, random.Next(1, 20)).Select(_ => new byte[random.Next(6000)])];
            Array.ForEach(sent, random.NextBytes);
            Assert.Equal(sent, Pass([.. sent.SelectMany(Framed)], random.Next(1, 5000)));
        }
    }

    private static byte[] Framed(byte[] message) => [.. DnsBytes.U16(message.Length), .. message];

    private static List<byte[]> Pass(byte[] stream, int segment) => Pass(new DnsFrames(), stream, segment);

    private static List<byte[]> Pass(DnsFrames frames, byte[] stream, int segment)
    {
        var messages = new List<byte[]>();
        for (var at = 0; at < stream.Length;)
        {
            at += Add(frames, stream.AsSpan(at, Math.Min(segment, stream.Length - at)));
            while (frames.TryTake(out var message))
            {
                messages.Add(message.ToArray());
            }
        }

        return messages;
    }

    private static int Add(DnsFrames frames, ReadOnlySpan<byte> bytes)
    {
        var free = frames.Free();
        Assert.False(free.IsEmpty);
        var count = Math.Min(free.Length, bytes.Length);
        bytes[..count].CopyTo(free);
        frames.Added(count);
        return count;
    }
}
