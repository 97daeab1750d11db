using System.Text;
using Sallyport.Protocol.DenyLists;
using Sallyport.Protocol.Signing;

namespace Sallyport.Fuzz.Targets;

/// <summary>Answers of a server that claim to be a deny list: as an envelope, and as the payload of one that is signed.</summary>
internal sealed class DenyListTarget : IFuzzTarget
{
    private static readonly byte[] PrivateKey = new byte[OwnerKey.KeyBytes];
    private static readonly byte[] PublicKey = OwnerKey.PublicKeyOf(PrivateKey);

    public string Name => "deny-list";

    public IReadOnlyList<byte[]> Seeds { get; } =
    [
        DenyListSignature.Sign(new DenyList("octo", 7, 1, [new("evil.example", "beacon")]), PrivateKey),
        """{"owner":"octo","version":7,"issued":1,"entries":[{"endpoint":"evil.example","reason":"beacon"}]}"""u8.ToArray(),
    ];

    public IReadOnlyList<byte[]> Words { get; } =
    [
        .. new[] { "null", "[]", "{}", "\"\"", "-1", "1e9", "99999999999", "\\u0000", "\\n", "\"sig\":", "\"payload\":", "\"entries\":", "=", "\u0000" }
            .Select(Encoding.UTF8.GetBytes),
    ];

    public void Read(ReadOnlySpan<byte> input)
    {
        _ = DenyListSignature.TryOpen(input, PublicKey, out _, out _);
        if (DenyListSignature.TryOpen(DenyListSignature.Sign(input.ToArray(), PrivateKey), PublicKey, out var list, out _))
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan(list.Entries.Length, DenyListLimits.Entries);
        }
    }
}
