using System.Diagnostics.CodeAnalysis;

namespace Sallyport.Protocol.Recording;

/// <summary>Where the lines of an unpacked frame end, and the seal after them.</summary>
/// <param name="LineBytes">Bytes before the line of the seal.</param>
/// <param name="Seal">As it stands there; whether it fits is for <see cref="SealChain"/> to say.</param>
internal readonly record struct SealedFrame(int LineBytes, string Seal)
{
    /// <summary>Finds the seal. Never throws on bytes.</summary>
    public static bool TryRead(ReadOnlySpan<byte> frame, out SealedFrame found, [NotNullWhen(false)] out string? mistake)
    {
        found = default;
        if (frame is not [.., (byte)'\n'])
        {
            mistake = "a frame does not end with a line feed";
            return false;
        }

        var start = frame[..^1].LastIndexOf((byte)'\n') + 1;
        if (!RecordedLineHeader.TryRead(frame[start..^1], out var header) || header.Seal is null)
        {
            mistake = "a frame does not end with a seal";
            return false;
        }

        found = new SealedFrame(start, header.Seal);
        mistake = null;
        return true;
    }
}
