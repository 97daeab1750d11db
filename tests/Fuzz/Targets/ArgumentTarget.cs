using System.Collections.Immutable;
using System.Text;
using Sallyport.Protocol.Recording;

namespace Sallyport.Fuzz.Targets;

/// <summary>Arguments of programs, as secrets are masked in them.</summary>
internal sealed class ArgumentTarget : IFuzzTarget
{
    public string Name => "arguments";

    public IReadOnlyList<byte[]> Seeds { get; } =
    [
        "curl\0-H\0Authorization: Bearer abcdefghijklmnop\0https://user:pass@example.com/?token=x"u8.ToArray(),
        "mysql\0-psecret\0--password=secret\0--token\0value"u8.ToArray(),
        "git\0clone\0https://x-access-token:ghs_0123456789abcdefghijABCDEFGHIJ012345@github.com/a/b"u8.ToArray(),
    ];

    public IReadOnlyList<byte[]> Words { get; } =
    [
        .. new[] { "\0", "--token", "-p", "://", ":", "@", "=", "ghp_", "AKIA", "eyJ", "Bearer ", "Basic ", "-----BEGIN ", "\u00ff" }
            .Select(Encoding.UTF8.GetBytes),
    ];

    public void Read(ReadOnlySpan<byte> input)
    {
        var text = Encoding.UTF8.GetString(input[..Math.Min(input.Length, Wire.WireLimits.ArgvBytes)]);
        var masked = SecretMasking.MaskArguments([.. text.Split('\0')]);
        ArgumentOutOfRangeException.ThrowIfNotEqual(masked.Length, text.Split('\0').Length);
    }
}
