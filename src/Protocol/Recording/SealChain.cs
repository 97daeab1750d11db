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

    /// <summary>Seal before the first frame: 32 zero bytes.</summary>
    public const string First = "0000000000000000000000000000000000000000000000000000000000000000";

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

    /// <summary>Begins, or goes on, after a frame whose seal is known.</summary>
    /// <param name="seal">64 lower case hexadecimal digits; <see cref="First"/> before the first frame.</param>
    /// <returns>False when it is no seal; the chain is as it was.</returns>
    public bool TryResume(string seal)
    {
        if (!IsSeal(seal))
        {
            return false;
        }

        Convert.FromHexString(seal, last, out _, out _);
        Last = seal == First ? null : seal;
        return true;
    }

    /// <summary>Whether the text has the form of a seal.</summary>
    public static bool IsSeal(string text) =>
        text.Length == First.Length && text.All(c => char.IsAsciiDigit(c) || c is >= 'a' and <= 'f');

    private void Compute(ReadOnlySpan<byte> frame, Span<byte> result)
    {
        hash.Append(last);
        hash.Append(frame);
        hash.Finish(result);
    }
}
