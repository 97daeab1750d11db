using System.Diagnostics.CodeAnalysis;

namespace Sallyport.Protocol.Control;

/// <summary>What a client asks of the agent.</summary>
public abstract record ControlRequest : ControlMessage
{
    /// <summary>Reads one message. Never throws on bytes; members that are not known are ignored.</summary>
    /// <param name="utf8">The whole message.</param>
    /// <param name="request">The request, when true is returned.</param>
    /// <param name="mistake">What is wrong, without full stop, when false is returned; holds nothing of the bytes.</param>
    public static bool TryRead(
        ReadOnlySpan<byte> utf8,
        [NotNullWhen(true)] out ControlRequest? request,
        [NotNullWhen(false)] out string? mistake) =>
        ControlCodec.TryRead(utf8, ControlCodec.RequestOf, out request, out mistake);

    /// <summary>The message as one line of UTF-8 without its end.</summary>
    /// <returns>False when it is longer than <see cref="ControlLimits.MaxMessageBytes"/>.</returns>
    public bool TryWrite([NotNullWhen(true)] out byte[]? utf8)
    {
        utf8 = ControlCodec.Serialize(this);
        if (utf8.Length > ControlLimits.MaxMessageBytes)
        {
            utf8 = null;
        }

        return utf8 is not null;
    }
}
