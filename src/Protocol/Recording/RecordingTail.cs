using Sallyport.Protocol.Report;

namespace Sallyport.Protocol.Recording;

/// <summary>
/// Follows a recording that is being written, segment by segment, and learns from it what a registration needs. At the end of
/// what is there it gives nothing and may be asked again. Not safe for concurrent use.
/// </summary>
public sealed class RecordingTail : IDisposable
{
    private readonly FrameSource frames;
    private string seal = SealChain.First;

    /// <param name="stream">At its beginning; it is not closed.</param>
    public RecordingTail(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        frames = new FrameSource(stream, new RecordingLimits());
    }

    /// <summary>Segments that were taken.</summary>
    public long Segments { get; private set; }

    /// <summary>Seal of the first segment, which tells one recording from another; null before.</summary>
    public string? FirstSeal { get; private set; }

    /// <summary>The first line; null until it was passed.</summary>
    public RecordingStarted? Started { get; private set; }

    /// <summary>What GitHub calls the job, as far as it was said; null until something was.</summary>
    public GitHubDocument? GitHub { get; private set; }

    /// <summary>Whether the line that ends a recording was passed.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>What is wrong with the recording from here on; null when nothing is.</summary>
    public string? Mistake { get; private set; }

    /// <summary>Takes the next segment.</summary>
    /// <returns>Null when there is none yet, or none can follow (<see cref="Mistake"/>, <see cref="HasEnded"/>).</returns>
    public RecordingSegment? TryNext()
    {
        if (HasEnded || Mistake is not null)
        {
            return null;
        }

        var state = frames.Next();
        if (state is FrameState.End or FrameState.Cut)
        {
            return null;
        }

        if (state != FrameState.Whole)
        {
            Mistake = "bytes that are not a frame of at most 1 MiB";
            return null;
        }

        if (!SealedFrame.TryRead(frames.Bytes.Span, out var frame, out var mistake))
        {
            Mistake = mistake;
            return null;
        }

        Read(frames.Bytes.Span[..frame.LineBytes]);
        Segments++;
        var segment = new RecordingSegment(Segments, frames.Packed.ToArray(), seal, frame.Seal);
        seal = frame.Seal;
        FirstSeal ??= seal;
        return segment;
    }

    /// <summary>Lets go of everything but the stream.</summary>
    public void Dispose() => frames.Dispose();

    private void Read(ReadOnlySpan<byte> lines)
    {
        while (lines.IndexOf((byte)'\n') is var end and >= 0)
        {
            var line = lines[..end];
            lines = lines[(end + 1)..];
            if (!RecordedLineHeader.TryRead(line, out var header)
                || header.Type is not ("recordingStarted" or "jobIdentified" or "recordingEnded"))
            {
                continue;
            }

            HasEnded |= header.Type == "recordingEnded";
            if (RecordedEventCodec.TryRead(line, header.Type, out var recorded, out _))
            {
                Started ??= recorded as RecordingStarted;
                GitHub = (recorded as JobIdentified)?.GitHub ?? GitHub;
            }
        }
    }
}
