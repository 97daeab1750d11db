using System.Diagnostics;
using System.Text;
using Sallyport.Protocol.Recording;
using Xunit;

namespace Sallyport.Protocol.Tests;

/// <summary>Damaged recordings: nothing throws, and nothing damaged is called intact.</summary>
public sealed class RecordingFuzzTests
{
    private static readonly byte[] Recording = SampleRecording.Write(SampleRecording.OneOfEach, sealEvery: 4);

    [Fact]
    public void Every_truncation_is_noticed()
    {
        for (var length = 0; length < Recording.Length; length++)
        {
            var (_, integrity) = SampleRecording.Read(Recording[..length]);
            Assert.NotEqual(RecordingVerdict.Intact, integrity.Verdict);
        }
    }

    [Fact]
    public void Flipped_bits_never_throw_and_never_change_an_event_unnoticed()
    {
        var original = RecordingTests.Text(Recording);
        var random = new Random(20261123);
        var clock = Stopwatch.StartNew();
        var rounds = 0;
        while (clock.Elapsed < TimeSpan.FromSeconds(3) || rounds < 500)
        {
            var damaged = (byte[])Recording.Clone();
            for (var flips = random.Next(1, 4); flips > 0; flips--)
            {
                damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
            }

            var (events, integrity) = SampleRecording.Read(damaged);
            rounds++;
            if (integrity.Verdict == RecordingVerdict.Intact)
            {
                // Bits of a frame's header that change no content, such as a reserved one, may differ.
                Assert.Equal(original, RecordingTests.Text(SampleRecording.Write(events, sealEvery: 4)));
            }
        }
    }

    [Fact]
    public void Damaged_lines_under_a_good_seal_never_throw()
    {
        var lines = RecordingTests.Text(SampleRecording.Write(SampleRecording.OneOfEach)).Split('\n')[..^2];
        var random = new Random(7);
        for (var round = 0; round < 800; round++)
        {
            var damaged = lines.Select((line, i) => i == round % lines.Length ? Damage(line, random) : line);
            var (_, integrity) = SampleRecording.Read(RecordingTests.Pack(RecordingTests.Sealed([.. damaged])));
            Assert.InRange(integrity.Events, 0, lines.Length);
        }
    }

    private static string Damage(string line, Random random)
    {
        var text = new StringBuilder(line);
        for (var changes = random.Next(1, 6); changes > 0 && text.Length > 0; changes--)
        {
            var at = random.Next(text.Length);
            _ = random.Next(4) switch
            {
                0 => text.Remove(at, random.Next(1, Math.Min(8, text.Length - at) + 1)),
                1 => text.Insert(at, text.ToString(at, Math.Min(random.Next(12), text.Length - at))),
                2 => text.Insert(at, random.Next(2) == 0 ? "null" : "1e999999"),
                _ => text.Replace(text[at], (char)random.Next(1, 0x250), at, 1),
            };
        }

        return text.Replace('\n', ' ').ToString();
    }
}
