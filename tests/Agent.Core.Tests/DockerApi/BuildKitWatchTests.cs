using System.Buffers.Binary;
using System.Text;
using Sallyport.Agent.Core.DockerApi;

namespace Sallyport.Agent.Core.Tests.DockerApi;

public sealed class BuildKitWatchTests
{
    private const string Asks = "…\x0cnetwork.host…";

    private static readonly byte[] s_preface = Encoding.ASCII.GetBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    private static readonly byte[] s_settings = Frame(4, 0, 0, []);

    [Theory]
    [InlineData(Asks, "network")]
    [InlineData("security.insecure", "privileged")]
    [InlineData("network.none, network-host, a build of anything", null)]
    public void A_request_for_a_build_that_asks_for_the_machine_is_known_by_its_word(string text, string? has)
    {
        Assert.Equal(has, Has(Frame(1, 4, 1, [0x83]), Frame(0, 1, 1, Message(text))));

        // Byte by byte, as a client may send it.
        var watch = new BuildKitWatch();
        byte[] all = [.. s_preface, .. s_settings, .. Frame(0, 0, 1, Message(text))];
        Assert.Equal(has is null, Array.TrueForAll(all, one => watch.Take([one])));
        Assert.Equal(has, watch.Has);
    }

    [Fact]
    public void A_word_that_is_cut_by_frames_padding_and_other_calls_is_one()
    {
        var message = Message(Asks);
        Assert.Equal("network", Has(
            Frame(0, 0, 1, message[..12]),
            Frame(0, 0, 3, Message("of another call")),
            Frame(0, 8, 1, [3, .. message[12..15], 1, 2, 3]), // padded
            Frame(6, 0, 0, new byte[8]),
            Frame(0, 8, 1, [0]),
            Frame(0, 0, 1, message[15..])));
    }

    [Fact]
    public void What_no_call_says_is_no_word()
    {
        Assert.Null(Has(Frame(1, 5, 1, Encoding.ASCII.GetBytes(Asks)), Frame(0, 8, 3, [12, .. Message("x"), .. "network.host"u8])));
        Assert.Null(Has(Frame(0, 0, 1, Message("network.")), Frame(0, 0, 3, Message("host"))));
        Assert.Null(Has(Frame(0, 0, 1, [.. Message("network."), .. Message("host")])));
    }

    [Fact]
    public void What_cannot_be_read_is_not_passed_on()
    {
        Assert.Equal("request", Has(Frame(0, 0, 1, [1, 0, 0, 0, 1, 9]))); // compressed
        Assert.Equal("request", Has(Frame(0, 8, 1, [9, 0]))); // more padding than there is
        Assert.Equal("request", Has(Frame(0, 8, 1, [])));
        Assert.Equal("request", Has([.. Enumerable.Range(0, BuildKitWatch.MostStreams + 1).Select(at => Frame(0, 0, (uint)((2 * at) + 1), [0]))]));
        Assert.Null(Has([.. Enumerable.Range(0, BuildKitWatch.MostStreams + 1).Select(at => Frame(0, 1, (uint)((2 * at) + 1), [0]))]));
        var watch = new BuildKitWatch();
        Assert.False(watch.Take("POST /build HTTP/1.1"u8));
        Assert.Equal("request", watch.Has);
    }

    private static string? Has(params byte[][] frames)
    {
        var watch = new BuildKitWatch();
        var passes = watch.Take([.. s_preface, .. s_settings, .. frames.SelectMany(frame => frame)]);
        Assert.Equal(passes, watch.Has is null);
        return watch.Has;
    }

    private static byte[] Message(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var message = new byte[5 + bytes.Length];
        BinaryPrimitives.WriteInt32BigEndian(message.AsSpan(1), bytes.Length);
        bytes.CopyTo(message, 5);
        return message;
    }

    private static byte[] Frame(byte type, byte flags, uint stream, byte[] payload)
    {
        var frame = new byte[9 + payload.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, payload.Length << 8);
        frame[3] = type;
        frame[4] = flags;
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(5), stream);
        payload.CopyTo(frame, 9);
        return frame;
    }
}
