using System.Buffers.Binary;

namespace Sallyport.Fuzz;

/// <summary>Damages inputs: all that happens follows from the seed.</summary>
internal sealed class Mutator(Random random)
{
    public const int MaxBytes = 16 * 1024;

    private static readonly ulong[] Edges =
        [0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff, ulong.MaxValue];

    /// <summary>One input made of the corpus.</summary>
    public byte[] Next(IReadOnlyList<byte[]> corpus, IReadOnlyList<byte[]> words)
    {
        var input = new List<byte>(corpus[random.Next(corpus.Count)]);
        for (var changes = 1 + random.Next(6); changes > 0; changes--)
        {
            Change(input, corpus, words);
        }

        if (input.Count > MaxBytes)
        {
            input.RemoveRange(MaxBytes, input.Count - MaxBytes);
        }

        return [.. input];
    }

    private void Change(List<byte> input, IReadOnlyList<byte[]> corpus, IReadOnlyList<byte[]> words)
    {
        var at = random.Next(input.Count + 1);
        var rest = input.Count - at;
        switch (random.Next(8))
        {
            case 0 when rest > 0:
                input[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1 when rest > 0:
                input[at] = (byte)random.Next(256);
                break;
            case 2:
                Overwrite(input, at);
                break;
            case 3:
                input.RemoveRange(at, random.Next(rest + 1));
                break;
            case 4:
                input.InsertRange(at, input.GetRange(at, Math.Min(rest, random.Next(64))));
                break;
            case 5 when words.Count > 0:
                input.InsertRange(at, words[random.Next(words.Count)]);
                break;
            case 6:
                var other = corpus[random.Next(corpus.Count)];
                var from = random.Next(other.Length + 1);
                input.InsertRange(at, other.AsSpan(from, random.Next(other.Length - from + 1)));
                break;
            default:
                input.InsertRange(at, Enumerable.Repeat((byte)random.Next(256), random.Next(32)));
                break;
        }
    }

    // A number at the edge of its type, where lengths and offsets go wrong.
    private void Overwrite(List<byte> input, int at)
    {
        Span<byte> number = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(number, Edges[random.Next(Edges.Length)]);
        var width = 1 << random.Next(4);
        for (var i = 0; i < width && at + i < input.Count; i++)
        {
            input[at + i] = number[i];
        }
    }
}
