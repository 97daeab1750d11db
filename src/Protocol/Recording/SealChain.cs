using Sallyport.Protocol.Hashing;

namespace Sallyport.Protocol.Recording;

/// <summary>
/// The chain of seals: <c>seal(n) = sha256(seal(n-1) ‖ bytes of frame n before its seal line)</c>, where seal(0) is 32
/// zero bytes and a previous seal enters as its 32 bytes, not as text.
/// </summary>
internal sealed class SealChain
{
    /// <summary>Length of a seal's line, 64 digits in <c>{"seal":""}</c> and a line feed, bytes.</summary>
    public const int LineBytes = 9 + 64 + 3;

    private readonly Sha256 hash = new();
    private readonly byte[] last = new byte[Sha256.DigestBytes];

    /// <summary>Last seal, 64 lower case hexadecimal digits; null before the first.</summary>
    public string? Last { get; private set; }

    /// <summary>Seals a frame.</summary>
    public string Append(ReadOnlySpan<byte> frame)
    {
        Compute(frame, last);
        return Last = Convert.ToHexStringLower(last);
    }

    /// <summary>Goes on only when the seal fits.</summary>
    public bool TryAppend(ReadOnlySpan<byte> frame, string seal)
    {
        Span<byte> expected = stackalloc byte[Sha256.DigestBytes];
        Compute(frame, expected);
        var text = Convert.ToHexStringLower(expected);
        if (!string.Equals(text, seal, StringComparison.Ordinal))
        {
            return false;
        }

        expected.CopyTo(last);
        Last = text;
        return true;
    }

    private void Compute(ReadOnlySpan<byte> frame, Span<byte> result)
    {
        hash.Append(last);
        hash.Append(frame);
        hash.Finish(result);
    }
}
