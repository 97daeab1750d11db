using Sallyport.Agent.Core.Correlation;
using Sallyport.Agent.Core.Decoding;
using Sallyport.Agent.Core.Tests;
using Sallyport.Protocol.Recording;
using Sallyport.Wire;

namespace Sallyport.Fuzz.Targets;

/// <summary>
/// What the job says to rtnetlink, nf_tables and their like, inside of a record that is right: the first byte chooses whose it is.
/// </summary>
internal sealed class ChangeTarget : IFuzzTarget, IEventSink<RecordedEvent>
{
    /// <summary>As many as a record has room for.</summary>
    private const int MostBytes = 2048;

    private static readonly ChangeSource[] Sources = Enum.GetValues<ChangeSource>();
    private readonly JobCorrelator correlator = new();
    private int order;

    public string Name => "changes";

    public IReadOnlyList<byte[]> Seeds { get; } =
    [
        // RTM_NEWROUTE: a default route by a device, then by two hops.
        [0, .. Message(24, [2, 0, 0, 0, 254, 3, 0, 1, 0, 0, 0, 0, .. Attribute(4, [2, 0, 0, 0]), .. Attribute(5, [198, 51, 100, 1])])],
        [0, .. Message(24, [2, 0, 0, 0, 254, 3, 0, 1, 0, 0, 0, 0, .. Attribute(9, [8, 0, 0, 0, 2, 0, 0, 0, 8, 0, 0, 0, 3, 0, 0, 0])])],
        // RTM_NEWLINK: a tunnel.
        [0, .. Message(16, [.. new byte[16], .. Attribute(3, "wg0\0"u8), .. Attribute(18, Attribute(1, "wireguard\0"u8))])],
        // NFT_MSG_NEWRULE: table, chain, one expression.
        [1, .. Message(0x0a06, [2, 0, 0, 0, .. Attribute(1, "t\0"u8), .. Attribute(2, "c\0"u8), .. Attribute(4, Attribute(1, Attribute(1, "nat\0"u8)))])],
        [2, .. Message(0x13, new byte[168])],
        [3, .. "nat\0"u8, .. new byte[92]],
        [5, .. "/etc/hosts\0"u8, .. "198.51.100.7 a.example.com"u8],
    ];

    public IReadOnlyList<byte[]> Words { get; } =
    [
        [4, 0], [8, 0, 4, 0], [0xff, 0xff], [0, 0, 0, 0], [16, 0, 0, 0, 24, 0], [0, 0x80], "nat\0"u8.ToArray(), "immediate\0"u8.ToArray(),
        "masquerade\0"u8.ToArray(), "\0"u8.ToArray(), [0xff, 0xff, 0xff, 0x7f],
    ];

    public void Read(ReadOnlySpan<byte> input)
    {
        if (input.IsEmpty)
        {
            return;
        }

        var source = Sources[input[0] % Sources.Length];
        var data = input[1..Math.Min(input.Length, MostBytes)].ToArray();
        correlator.Accept(RecordRing.Alerts, RecordBytes.Changed(1, source, data, total: (uint)input.Length), this);
        if (++order % 256 == 0)
        {
            correlator.Settle(this);
        }
    }

    public void Accept(RecordedEvent value) => ArgumentNullException.ThrowIfNull(value);

    private static byte[] Attribute(int type, ReadOnlySpan<byte> data)
    {
        var length = data.Length + 4;
        return [(byte)length, (byte)(length >> 8), (byte)type, (byte)(type >> 8), .. data, .. new byte[-data.Length & 3]];
    }

    /// <summary>struct nlmsghdr and its body.</summary>
    private static byte[] Message(int type, ReadOnlySpan<byte> body)
    {
        var length = body.Length + 16;
        return [(byte)length, (byte)(length >> 8), 0, 0, (byte)type, (byte)(type >> 8), 5, 4, .. new byte[8], .. body];
    }
}
