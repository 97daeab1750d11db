using System.Buffers.Binary;
using Sallyport.Agent.Core.Decoding;
using Sallyport.Wire;

namespace Sallyport.Agent.Core.Tests.Decoding;

public sealed class RecordDecoderTests
{
    private readonly RecordDecoder decoder = new();
    private readonly CountingEvents events = new();

    [Fact]
    public void One_good_record_of_each_type_is_decoded_as_its_type()
    {
        foreach (var record in RecordBytes.OneOfEach())
        {
            Assert.True(decoder.Decode(RecordRing.Events, record, events));
        }

        // What the service's own object tells does not come by a job's rings.
        var types = Enum.GetValues<RecordType>().Where(type => type != RecordType.WorkerArrived);
        Assert.Equal(types.ToDictionary(type => type, _ => 1), events.Counts);
        Assert.Equal(0, decoder.Malformed);
    }

    [Fact]
    public void Bytes_that_the_ring_adds_after_the_record_are_not_read()
    {
        byte[] padded = [.. RecordBytes.Asked("example.com"), 1, 2, 3, 4, 5];
        Assert.True(NameAskedEvent.TryRead(padded, out var asked, out _));
        Assert.Equal("example.com"u8, asked.Name);
    }

    [Fact]
    public void Variable_fields_are_where_the_record_says()
    {
        Assert.True(ProcessExecutedEvent.TryRead(
            RecordBytes.Executed(1, "/bin/a", "/work", "a\0b\0"), out var executed, out _));
        Assert.Equal("/bin/a"u8, executed.Exe);
        Assert.Equal("/work"u8, executed.Cwd);
        Assert.Equal("a\0b\0"u8, executed.Argv);
    }

    [Fact]
    public void Every_prefix_of_every_record_is_malformed()
    {
        foreach (var record in RecordBytes.OneOfEach())
        {
            for (var length = 0; length < record.Length; length++)
            {
                Assert.False(decoder.Decode(RecordRing.Events, record.AsSpan(0, length), events));
            }
        }

        Assert.Equal(decoder.Malformed, Enum.GetValues<RecordDefect>().Sum(decoder.CountOf));
        Assert.True(decoder.CountOf(RecordDefect.NoHeader) > 0);
        Assert.True(decoder.CountOf(RecordDefect.Length) > 0);
    }

    [Theory]
    [InlineData(0, 99, RecordDefect.Type)]
    [InlineData(2, WireLimits.WireVersion + 1, RecordDefect.Version)]
    [InlineData(4, 0, RecordDefect.Length)]
    [InlineData(80, 40, RecordDefect.Field)]
    [InlineData(80, 0xffff, RecordDefect.Field)]
    [InlineData(82, 0xffff, RecordDefect.Field)]
    [InlineData(66, 9, RecordDefect.Verdict)]
    public void A_defect_is_counted_as_what_it_is(int offset, ushort value, RecordDefect defect)
    {
        var record = RecordBytes.Asked("example.com");
        BinaryPrimitives.WriteUInt16LittleEndian(record.AsSpan(offset), value);
        Assert.False(decoder.Decode(RecordRing.Events, record, events));
        Assert.Equal(1, decoder.CountOf(defect));
        Assert.Empty(events.Counts);
    }

    [Theory]
    [InlineData("0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef")]
    [InlineData("0123")]
    [InlineData("")]
    [InlineData("0123456789abcdefghijklmn")]
    [InlineData("0123456789abcdefghijklmno\0")]
    [InlineData("0123456789abcdefghijklmn\0")]
    [InlineData("0123456789abcdefghijklmnO")]
    [InlineData("../../../../../../../etc/")]
    public void A_container_id_is_64_hexadecimal_digits_or_25_digits_and_letters_in_lower_case(string id)
    {
        Assert.False(decoder.Decode(RecordRing.Events, RecordBytes.Container(1, id), events));
        Assert.Equal(1, decoder.CountOf(RecordDefect.ContainerId));
    }

    [Fact]
    public void Decoding_allocates_nothing()
    {
        var records = RecordBytes.OneOfEach();
        DecodeAll(records, 1000);
        // The runtime puts better code in place while it runs, and may allocate for that once or twice; decoding would each time.
        var least = long.MaxValue;
        for (var attempt = 0; attempt < 5 && least != 0; attempt++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            DecodeAll(records, 10_000);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, least);
    }

    private void DecodeAll(IReadOnlyList<byte[]> records, int rounds)
    {
        for (var round = 0; round < rounds; round++)
        {
            for (var i = 0; i < records.Count; i++)
            {
                decoder.Decode(RecordRing.Events, records[i], default(DiscardedEvents));
            }
        }
    }
}
