using Sallyport.Agent.Core.Correlation;
using Sallyport.Agent.Core.Decoding;
using Sallyport.Protocol.Recording;

namespace Sallyport.Agent.Core.Tests.Correlation;

public sealed class HostileBytesTests
{
    private const int Records = 1_000_000;

    [Fact]
    public void A_million_damaged_records_never_throw_and_each_is_read_or_counted()
    {
        var random = new Random(20_26);
        var seeds = RecordBytes.OneOfEach();
        var correlator = new JobCorrelator();
        var sink = new Sink();
        var buffer = new byte[512];
        long read = 0;
        for (var i = 0; i < Records; i++)
        {
            var seed = seeds[random.Next(seeds.Count)];
            seed.CopyTo(buffer, 0);
            for (var flips = random.Next(4); flips > 0; flips--)
            {
                buffer[random.Next(seed.Length)] = (byte)random.Next(256);
            }

            var length = random.Next(8) == 0 ? random.Next(seed.Length) : seed.Length;
            read += correlator.Accept((RecordRing)random.Next(2), buffer.AsSpan(0, length), sink) ? 1 : 0;
            if (i % 1000 == 0)
            {
                correlator.Settle(sink);
            }
        }

        correlator.Flush(sink);
        Assert.Equal(Records, read + correlator.Malformed);
        Assert.InRange(read, Records / 10, Records * 9 / 10);
        Assert.True(sink.Count > 0);
    }

    private sealed class Sink : IEventSink<RecordedEvent>
    {
        public long Count { get; private set; }

        public void Accept(RecordedEvent value) => Count++;
    }
}
