using System.Diagnostics.CodeAnalysis;

namespace Sallyport.Protocol.Recording;

/// <summary>
/// Reads a recording frame by frame. Bounded whatever the bytes: one frame of at most 1 MiB is in memory, and the total
/// is capped. Never throws on bytes; errors of the stream itself (<see cref="IOException"/>) reach the caller. Events
/// of a frame whose seal does not fit are not given out; every event before it is.
/// </summary>
public sealed class RecordingReader : IDisposable
{
    private readonly FrameSource frames;
    private readonly SealChain chain = new();
    private ReadOnlyMemory<byte> lines;
    private long sequence;
    private long events;
    private long unknownLines;
    private long malformedLines;
    private bool ended;
    private RecordingIntegrity? integrity;

    /// <param name="stream">The recording; it is not closed.</param>
    /// <param name="limits">Bounds; the defaults when null.</param>
    public RecordingReader(Stream stream, RecordingLimits? limits = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        frames = new FrameSource(stream, limits ?? new RecordingLimits());
    }

    /// <summary>The verdict, once <see cref="TryRead"/> has returned false; null before.</summary>
    public RecordingIntegrity? Integrity => integrity;

    /// <summary>Reads the next event.</summary>
    /// <returns>False at the end, in whatever state: see <see cref="Integrity"/>.</returns>
    public bool TryRead([NotNullWhen(true)] out RecordedEvent? recorded)
    {
        while (true)
        {
            while (TryTakeLine(out var line))
            {
                if (TryDecode(line.Span, out recorded))
                {
                    events++;
                    return true;
                }
            }

            if (integrity is not null || !TryOpenFrame())
            {
                recorded = null;
                return false;
            }
        }
    }

    /// <summary>Lets go of everything but the stream.</summary>
    public void Dispose()
    {
        frames.Dispose();
    }

    private bool TryOpenFrame()
    {
        switch (frames.Next())
        {
            case FrameState.Whole:
                return TryUnseal(frames.Bytes);
            case FrameState.End when ended:
                Stop(RecordingVerdict.Intact, null);
                return false;
            case FrameState.End:
                Stop(frames.Number == 0 ? RecordingVerdict.Unreadable : RecordingVerdict.Truncated,
                    frames.Number == 0 ? "the recording is empty" : "it stops without the line that ends a recording");
                return false;
            case FrameState.Cut:
                // No seal covers these lines, and the verdict says so; they may be the last that a killed agent saw.
                lines = WholeLines(frames.Bytes);
                Stop(RecordingVerdict.Truncated, "the last frame stops in the middle");
                return !lines.IsEmpty;
            case FrameState.TooLarge:
                Stop(RecordingVerdict.Unreadable, "a frame, or the whole, is larger than the bound");
                return false;
            default:
                Stop(RecordingVerdict.Unreadable, "bytes that are not a zstd frame");
                return false;
        }
    }

    private bool TryUnseal(ReadOnlyMemory<byte> frame)
    {
        if (!SealedFrame.TryRead(frame.Span, out var sealedFrame, out var mistake))
        {
            Stop(RecordingVerdict.Tampered, mistake);
            return false;
        }

        if (ended)
        {
            Stop(RecordingVerdict.Tampered, "a frame follows the line that ends the recording");
            return false;
        }

        if (!chain.TryAppend(frame.Span[..sealedFrame.LineBytes], sealedFrame.Seal))
        {
            Stop(RecordingVerdict.Tampered, "the seal does not fit the frame and the frames before it");
            return false;
        }

        lines = frame[..sealedFrame.LineBytes];
        return true;
    }

    private bool TryTakeLine(out ReadOnlyMemory<byte> line)
    {
        var end = lines.Span.IndexOf((byte)'\n');
        if (end < 0)
        {
            line = default;
            return false;
        }

        line = lines[..end];
        lines = lines[(end + 1)..];
        return true;
    }

    private bool TryDecode(ReadOnlySpan<byte> line, [NotNullWhen(true)] out RecordedEvent? recorded)
    {
        recorded = null;
        if (line.Length >= RecordingLimits.LineBytes || !RecordedLineHeader.TryRead(line, out var header))
        {
            malformedLines++;
            return false;
        }

        if (header.Seal is not null)
        {
            Stop(RecordingVerdict.Tampered, "a seal stands in the middle of a frame");
            return false;
        }

        if (header.Sequence != sequence + 1)
        {
            Stop(RecordingVerdict.Tampered, $"event {header.Sequence} follows event {sequence}");
            return false;
        }

        sequence = header.Sequence;
        if (header.Version != 1)
        {
            unknownLines++;
            return false;
        }

        if (!RecordedEventCodec.TryRead(line, header.Type, out recorded, out var known))
        {
            malformedLines += known ? 1 : 0;
            unknownLines += known ? 0 : 1;
            return false;
        }

        ended |= recorded is RecordingEnded;
        return true;
    }

    private static ReadOnlyMemory<byte> WholeLines(ReadOnlyMemory<byte> bytes) =>
        bytes[..(bytes.Span.LastIndexOf((byte)'\n') + 1)];

    private void Stop(RecordingVerdict verdict, string? detail)
    {
        // The first damage is the one that counts; a cut frame may still turn out tampered with.
        if (integrity is null || integrity.Verdict == RecordingVerdict.Truncated)
        {
            integrity = new RecordingIntegrity(
                verdict, frames.Number, frames.Offset, chain.Last, detail, events, unknownLines, malformedLines);
        }

        if (verdict != RecordingVerdict.Truncated)
        {
            lines = default;
        }
    }
}
