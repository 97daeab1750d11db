using System.Security.Cryptography;
using System.Text;
using Sallyport.Protocol.Recording;
using Xunit;
using ZstdSharp;

namespace Sallyport.Protocol.Tests;

public sealed class RecordingTests
{
    [Fact]
    public void Every_event_comes_back_as_it_was_written()
    {
        var (events, integrity) = SampleRecording.Read(SampleRecording.Write(SampleRecording.OneOfEach));
        Assert.Equal(RecordingVerdict.Intact, integrity.Verdict);
        Assert.Equal(Lines(SampleRecording.Write(SampleRecording.OneOfEach)), Lines(SampleRecording.Write(events)));
        Assert.Equal(Enumerable.Range(1, events.Count).Select(n => (long)n), events.Select(e => e.Sequence));
        Assert.Equal(SampleRecording.OneOfEach.Select(e => (e.GetType(), e.BootTimeNs)), events.Select(e => (e.GetType(), e.BootTimeNs)));
        Assert.Equal(SampleRecording.OneOfEach[7], events[7] with { Sequence = 0 });
    }

    [Fact]
    public void A_line_begins_with_version_sequence_time_and_type()
    {
        var lines = Lines(SampleRecording.Write(SampleRecording.OneOfEach));
        Assert.Equal("""{"v":1,"seq":12,"t":16,"type":"eventsLost","reason":"event-ring","count":7}""", lines[11]);
        Assert.Contains("""{"a":"1","b":"2"},"process":null""", lines[10], StringComparison.Ordinal);
    }

    [Fact]
    public void A_seal_is_the_hash_of_the_seal_before_and_the_frame()
    {
        var bytes = SampleRecording.Write(SampleRecording.OneOfEach);
        var text = Text(bytes);
        var start = text.IndexOf("{\"seal\"", StringComparison.Ordinal);
        var expected = Convert.ToHexStringLower(SHA256.HashData([.. new byte[32], .. Encoding.UTF8.GetBytes(text[..start])]));
        Assert.Equal($$"""{"seal":"{{expected}}"}""" + "\n", text[start..]);
    }

    [Fact]
    public void Frames_stay_within_their_bound_and_chain()
    {
        var bytes = SampleRecording.Write(SampleRecording.Many(40_000));
        var (events, integrity) = SampleRecording.Read(bytes);
        Assert.Equal(RecordingVerdict.Intact, integrity.Verdict);
        Assert.True(integrity.Frame > 2);
        Assert.Equal(40_002, events.Count);
    }

    [Fact]
    public void A_recording_without_its_end_is_truncated_and_keeps_its_events()
    {
        var (events, integrity) = SampleRecording.Read(SampleRecording.Write(SampleRecording.OneOfEach.SkipLast(1)));
        Assert.Equal(RecordingVerdict.Truncated, integrity.Verdict);
        Assert.Equal(SampleRecording.OneOfEach.Count - 1, events.Count);
    }

    [Fact]
    public void A_frame_left_out_is_tampering_and_the_events_before_it_are_kept()
    {
        using var stream = new MemoryStream();
        using var writer = new RecordingWriter(stream);
        long afterFirst = 0;
        long afterSecond = 0;
        foreach (var recorded in SampleRecording.OneOfEach)
        {
            writer.Write(recorded);
            if (writer.Events % 5 == 0)
            {
                writer.Seal();
                afterSecond = writer.Frames == 2 ? stream.Length : afterSecond;
                afterFirst = writer.Frames == 1 ? stream.Length : afterFirst;
            }
        }

        var bytes = stream.ToArray();
        var (events, integrity) = SampleRecording.Read([.. bytes[..(int)afterFirst], .. bytes[(int)afterSecond..]]);
        Assert.Equal(RecordingVerdict.Tampered, integrity.Verdict);
        Assert.Equal(5, events.Count);
        Assert.Equal(2, integrity.Frame);
        Assert.Equal(afterFirst, integrity.ByteOffset);
    }

    [Fact]
    public void A_frame_written_anew_without_the_chain_is_tampering()
    {
        var text = Text(SampleRecording.Write(SampleRecording.OneOfEach)).Replace("198.51.100.2", "198.51.100.9", StringComparison.Ordinal);
        var (events, integrity) = SampleRecording.Read(Pack(text));
        Assert.Equal(RecordingVerdict.Tampered, integrity.Verdict);
        Assert.Empty(events);
    }

    [Fact]
    public void Lines_and_fields_of_a_later_version_are_passed_over()
    {
        string[] lines =
        [
            """{"v":1,"seq":1,"t":1,"type":"stepEnded","step":"s","conclusion":null,"later":{"a":[1]}}""",
            """{"v":1,"seq":2,"t":1,"type":"somethingLater","x":1}""",
            """{"v":2,"seq":3,"t":1,"type":"stepEnded"}""",
            """{"v":1,"seq":4,"t":1,"type":"stepEnded","step":5}""",
            """{"v":1,"seq":5,"t":1,"type":"recordingEnded","wallTime":"1970-01-01T00:00:00+00:00","exitCode":0,"signal":null}""",
        ];
        var (events, integrity) = SampleRecording.Read(Pack(Sealed(lines)));
        Assert.Equal(RecordingVerdict.Intact, integrity.Verdict);
        Assert.Equal(2, events.Count);
        Assert.Equal(2, integrity.UnknownLines);
        Assert.Equal(1, integrity.MalformedLines);
    }

    [Fact]
    public void A_gap_in_the_sequence_is_tampering_even_under_a_good_seal()
    {
        var (_, integrity) = SampleRecording.Read(Pack(Sealed("""{"v":1,"seq":2,"t":1,"type":"stepEnded","step":"s","conclusion":null}""")));
        Assert.Equal(RecordingVerdict.Tampered, integrity.Verdict);
    }

    [Fact]
    public void A_decompression_bomb_is_given_up_at_the_size_of_a_frame()
    {
        using var compressor = new Compressor(19);
        var bomb = compressor.Wrap(new byte[64 << 20]).ToArray();
        Assert.True(bomb.Length < 16 << 10);
        var (events, integrity) = SampleRecording.Read(bomb);
        Assert.Equal(RecordingVerdict.Unreadable, integrity.Verdict);
        Assert.Empty(events);
    }

    [Fact]
    public void The_reader_stops_at_its_cap()
    {
        var bytes = SampleRecording.Write(SampleRecording.Many(40_000));
        var (events, integrity) = SampleRecording.Read(bytes, new RecordingLimits(MaximumTextBytes: 2 << 20));
        Assert.Equal(RecordingVerdict.Unreadable, integrity.Verdict);
        Assert.NotEmpty(events);
    }

    [Theory]
    [InlineData("")]
    [InlineData("not a recording at all")]
    public void Other_bytes_are_unreadable(string text) =>
        Assert.Equal(RecordingVerdict.Unreadable, SampleRecording.Read(Encoding.UTF8.GetBytes(text)).Integrity.Verdict);

    [Fact]
    public void Past_the_cap_only_what_must_not_be_lost_is_written_and_the_rest_is_counted()
    {
        using var stream = new MemoryStream();
        using (var writer = new RecordingWriter(stream, new RecordingLimits(MaximumBytes: 1)))
        {
            writer.Write(SampleRecording.OneOfEach[0]);
            writer.Seal();
            Assert.False(writer.Write(SampleRecording.OneOfEach[2]));
            Assert.True(writer.Write(SampleRecording.OneOfEach[7]));
            Assert.True(writer.Write(SampleRecording.OneOfEach[^1]));
            Assert.Equal(1, writer.Dropped);
        }

        var (events, integrity) = SampleRecording.Read(stream.ToArray());
        Assert.Equal(RecordingVerdict.Intact, integrity.Verdict);
        Assert.Equal([nameof(RecordingStarted), nameof(ConnectionJudged), nameof(EventsLost), nameof(RecordingEnded)], events.Select(e => e.GetType().Name));
        Assert.Equal(1, ((EventsLost)events[2]).Count);
    }

    [Fact]
    public void An_event_too_large_for_a_line_is_counted_and_the_recording_goes_on()
    {
        var large = new StepStarted("s", new string('x', RecordingLimits.LineBytes), 1);
        var (events, integrity) = SampleRecording.Read(SampleRecording.Write([large, SampleRecording.OneOfEach[^1]]));
        Assert.Equal(RecordingVerdict.Intact, integrity.Verdict);
        Assert.Equal(RecordingLimits.LineReason, Assert.IsType<EventsLost>(events[0]).Reason);
    }

    internal static string Text(byte[] recording)
    {
        using var stream = new DecompressionStream(new MemoryStream(recording));
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    internal static byte[] Pack(string text)
    {
        using var compressor = new Compressor(3);
        return compressor.Wrap(Encoding.UTF8.GetBytes(text)).ToArray();
    }

    internal static string Sealed(params string[] lines)
    {
        var text = string.Join('\n', lines) + "\n";
        var seal = Convert.ToHexStringLower(SHA256.HashData([.. new byte[32], .. Encoding.UTF8.GetBytes(text)]));
        return $$"""{{text}}{"seal":"{{seal}}"}""" + "\n";
    }

    private static string[] Lines(byte[] recording) => Text(recording).Split('\n');
}
