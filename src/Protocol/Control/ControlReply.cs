using System.Diagnostics.CodeAnalysis;

namespace Sallyport.Protocol.Control;

/// <summary>What the agent answers; <c>sallyport job … --json</c> prints it as one line.</summary>
public abstract record ControlReply : ControlMessage
{
    /// <summary>Reads one message. Never throws on bytes; members that are not known are ignored.</summary>
    /// <param name="utf8">The whole message, without the end of its line.</param>
    /// <param name="reply">The reply, when true is returned.</param>
    /// <param name="mistake">What is wrong, without full stop, when false is returned; holds nothing of the bytes.</param>
    public static bool TryRead(
        ReadOnlySpan<byte> utf8,
        [NotNullWhen(true)] out ControlReply? reply,
        [NotNullWhen(false)] out string? mistake) =>
        ControlCodec.TryRead(utf8, ControlCodec.ReplyOf, out reply, out mistake);

    /// <summary>
    /// The message as one line of printable ASCII without its end, at most <see cref="ControlLimits.MaxMessageBytes"/>:
    /// where it would be longer, lists are cut and say how many entries are missing.
    /// </summary>
    public byte[] Write() => ControlCodec.WriteBounded(this);

    /// <summary>This reply with at most so many entries in each of its lists, the last of which counts the rest.</summary>
    internal abstract ControlReply WithAtMost(int entries);
}
