using System.Text;
using Sallyport.Fuzz.Kernel;

namespace Sallyport.Fuzz.Targets;

/// <summary>
/// Hellos of TLS that leave by a connection which only names of the policy may use, as OpenSSL reads what has left: it never goes by
/// another name, and by none.
/// </summary>
internal sealed class KernelTlsTarget : IFuzzTarget
{
    private const int MostSegmentBytes = 400;

    private static readonly byte[] Groups = [0, 10, 0, 4, 0, 2, 0, 29];
    private static readonly byte[] Signatures = [0, 13, 0, 4, 0, 2, 4, 3];
    private static readonly byte[] Version13 = [0, 43, 0, 3, 2, 3, 4];
    private static readonly byte[] NoShare = [0, 51, 0, 2, 0, 0];
    private static readonly byte[] Share = [0, 51, 0, 38, 0, 36, 0, 29, 0, 32, .. Enumerable.Repeat((byte)9, 32)];

    public string Name => "kernel-tls";

    public IReadOnlyList<byte[]> Seeds { get; } =
    [
        Record(Hello([ServerName("allowed.test"), Groups, Signatures])),
        Record(Hello([ServerName("a.zone.test"), Groups, Signatures, Version13, Share])),
        Record(Hello([ServerName("other.test"), Groups, Signatures])),
        Record(Hello([Groups, Signatures, ServerName("other.test")])),
        // The server asks for another share of a key, and goes by the second hello.
        [.. Record(Hello([ServerName("allowed.test"), Groups, Signatures, Version13, NoShare])),
            .. Record(Hello([ServerName("other.test"), Groups, Signatures, Version13, Share]))],
        [.. Record(Hello([ServerName("allowed.test"), Groups, Signatures, Version13, NoShare])), 20, 3, 3, 0, 1, 1,
            .. Record(Hello([ServerName("allowed.test"), Groups, Signatures, Version13, Share]))],
        // A hello in two records.
        [.. Record(Hello([ServerName("other.test"), Groups, Signatures])[..40]), .. Record(Hello([ServerName("other.test"), Groups, Signatures])[40..])],
    ];

    public IReadOnlyList<byte[]> Words { get; } =
    [
        [22, 3, 1], [22, 3, 3], [20, 3, 3, 0, 1, 1], [21, 3, 3, 0, 2, 1, 0], [23, 3, 3], [0, 0], ServerName("other.test"), ServerName("allowed.test"),
        [0, 42, 0, 0], "allowed.test"u8.ToArray(), "other.test"u8.ToArray(), [0], [1, 0, 0],
    ];

    public void Prove()
    {
        KernelDecoders.Expect(Seeds[0], 443, passes: true, KernelDecoders.ServerNames(Seeds[0]), "allowed.test");
        KernelDecoders.Expect(Seeds[3], 443, passes: false, KernelDecoders.ServerNames(Seeds[3]), "other.test");
        KernelDecoders.Expect(Seeds[4], 443, passes: false, KernelDecoders.ServerNames(Seeds[4]), "allowed.test", "other.test");
        KernelDecoders.Expect(Seeds[5], 443, passes: true, KernelDecoders.ServerNames(Seeds[5]), "allowed.test", "allowed.test");
    }

    public void Read(ReadOnlySpan<byte> input)
    {
        var left = KernelDecoders.Send(input, 443, MostSegmentBytes);
        foreach (var name in KernelDecoders.ServerNames(input[..left]))
        {
            KernelDecoders.ThrowIfNotAllowed(name);
        }

        // Whatever the cuts are, it passes or it does not.
        if ((KernelDecoders.Send(input, 443, int.MaxValue - 1) == input.Length) != (left == input.Length))
        {
            throw new InvalidOperationException("in one segment it is decided otherwise");
        }

        KernelDecoders.ThrowIfOutOfBounds();
    }

    private static byte[] U16(int value) => [(byte)(value >> 8), (byte)value];

    private static byte[] ServerName(string name) =>
        [0, 0, .. U16(name.Length + 5), .. U16(name.Length + 3), 0, .. U16(name.Length), .. Encoding.ASCII.GetBytes(name)];

    private static byte[] Hello(byte[][] extensions)
    {
        byte[] all = [.. extensions.SelectMany(extension => extension)];
        byte[] body =
        [
            3, 3, .. Enumerable.Repeat((byte)7, 32), 0, 0, 6, 0x13, 1, 0xc0, 0x2f, 0, 0x9c, 1, 0, .. U16(all.Length), .. all,
        ];
        return [1, 0, .. U16(body.Length), .. body];
    }

    private static byte[] Record(byte[] handshake) => [22, 3, 1, .. U16(handshake.Length), .. handshake];
}
