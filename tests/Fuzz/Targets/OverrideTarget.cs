using System.Text;
using Sallyport.Protocol.ServerOverrides;
using Sallyport.Protocol.Signing;

namespace Sallyport.Fuzz.Targets;

/// <summary>Answers of a server that claim to be an override: as an envelope, and as the payload of one that is signed.</summary>
internal sealed class OverrideTarget : IFuzzTarget
{
    private static readonly byte[] PrivateKey = new byte[OwnerKey.KeyBytes];
    private static readonly byte[] PublicKey = OwnerKey.PublicKeyOf(PrivateKey);

    public string Name => "override";

    public IReadOnlyList<byte[]> Seeds { get; } =
    [
        OverrideSignature.Sign(new ServerOverride("1", "octo", "octo/demo", null, "builder-1", "moved", "mona", 1, 2), PrivateKey),
        """{"id":"1","owner":"octo","repository":null,"run":"4711","runner":null,"reason":"moved","by":"mona","from":1,"until":2}"""u8.ToArray(),
    ];

    public IReadOnlyList<byte[]> Words { get; } =
    [
        .. new[] { "null", "[]", "\"\"", "-1", "1e9", "9223372036854775807", "253402300800", "\\u0000", "\\n", "\"sig\":", "\"payload\":", "\"until\":", "=" }
            .Select(Encoding.UTF8.GetBytes),
    ];

    public void Read(ReadOnlySpan<byte> input)
    {
        _ = OverrideSignature.TryRead(input, out var envelope, out _) && OverrideSignature.TryOpen(envelope, PublicKey, out _, out _);
        if (OverrideSignature.TryRead(OverrideSignature.Sign(input.ToArray(), PrivateKey), out var signed, out _)
            && OverrideSignature.TryOpen(signed, PublicKey, out var glass, out _))
        {
            _ = DateTimeOffset.FromUnixTimeSeconds(glass.From);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(
                DateTimeOffset.FromUnixTimeSeconds(glass.Until) - DateTimeOffset.FromUnixTimeSeconds(glass.From), OverrideLimits.Longest);
        }
    }
}
