namespace Sallyport.Protocol.Recording;

/// <summary>Bounds of a recording. The writer keeps to them and the reader accepts nothing beyond.</summary>
/// <param name="MaximumBytes">
/// Compressed bytes that the writer puts on its stream; past it only <see cref="ReservedBytes"/> remain, for events
/// that must not be lost. 256 MiB by default.
/// </param>
/// <param name="MaximumTextBytes">Bytes of JSON that the reader takes from one recording; 4 GiB by default.</param>
public sealed record RecordingLimits(
    long MaximumBytes = 256L << 20,
    long MaximumTextBytes = 4L << 30)
{
    /// <summary>Uncompressed bytes of one frame, the line of its seal included.</summary>
    public const int FrameBytes = 1 << 20;

    /// <summary>Bytes of one line, its line feed included: half a frame.</summary>
    public const int LineBytes = FrameBytes / 2;

    /// <summary>Bytes past the cap that are kept for refusals, findings, losses and the end.</summary>
    public const int ReservedBytes = 16 << 20;

    /// <summary>Reason of the <see cref="EventsLost"/> that counts what the cap kept out.</summary>
    public const string CapReason = "recording-cap";

    /// <summary>Reason of the <see cref="EventsLost"/> that counts events too large for a line.</summary>
    public const string LineReason = "recording-line";
}
