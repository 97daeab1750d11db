using System.Text.Encodings.Web;
using System.Text.Json;
using ZstdSharp;

namespace Sallyport.Protocol.Recording;

/// <summary>
/// Writes a recording: zstd frames (RFC 8878) of at most 1 MiB of JSON lines, each frame ended by the seal of the chain.
/// What was written before the last <see cref="Seal"/> is on the stream; what came after is in memory. Not safe for
/// concurrent use. Errors of the stream reach the caller: a recording that cannot be written is no recording.
/// </summary>
public sealed class RecordingWriter : IDisposable
{
    // Level 3 keeps up with the kernel's rings on one core and packs these lines to about 5 %.
    private const int Level = 3;

    private static readonly JsonWriterOptions LineOptions =
        new() { Encoder = JavaScriptEncoder.Default, SkipValidation = true };

    private readonly Stream stream;
    private readonly RecordingLimits limits;
    private readonly FrameBuffer frame = new();
    private readonly SealChain chain = new();
    private readonly Compressor compressor = new(Level);
    private readonly byte[] compressed = new byte[Compressor.GetCompressBound(RecordingLimits.FrameBytes)];
    private readonly Utf8JsonWriter json;
    private long droppedByCap;
    private long droppedByLine;
    private bool broken;

    /// <param name="stream">Where the frames go; it is not closed.</param>
    /// <param name="limits">Bounds; the defaults when null.</param>
    public RecordingWriter(Stream stream, RecordingLimits? limits = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        this.stream = stream;
        this.limits = limits ?? new RecordingLimits();
        json = new Utf8JsonWriter(frame, LineOptions);
    }

    /// <summary>Last seal on the stream, 64 lower case hexadecimal digits; null before the first.</summary>
    public string? LastSeal => chain.Last;

    /// <summary>Events written.</summary>
    public long Events { get; private set; }

    /// <summary>Frames on the stream.</summary>
    public long Frames { get; private set; }

    /// <summary>Compressed bytes on the stream.</summary>
    public long BytesWritten { get; private set; }

    /// <summary>Events that the size cap or the bound of a line kept out; they are in the recording as losses.</summary>
    public long Dropped { get; private set; }

    /// <summary>Writes one event and gives it its place.</summary>
    /// <returns>False when a bound kept it out. It is counted, and written as a loss before the end.</returns>
    public bool Write(RecordedEvent recorded)
    {
        ArgumentNullException.ThrowIfNull(recorded);
        if (recorded is RecordingEnded)
        {
            WriteLosses(recorded.BootTimeNs);
        }

        if (BytesWritten >= limits.MaximumBytes + (MustKeep(recorded) ? RecordingLimits.ReservedBytes : 0)
            && recorded is not RecordingEnded)
        {
            droppedByCap++;
            Dropped++;
            return false;
        }

        if (!Append(recorded))
        {
            droppedByLine++;
            Dropped++;
            return false;
        }

        return true;
    }

    /// <summary>Ends the frame: after it everything written so far is on the stream. Nothing to seal is no frame.</summary>
    /// <exception cref="IOException">The stream failed, now or at an earlier seal.</exception>
    public void Seal()
    {
        if (broken)
        {
            throw new IOException("the recording could not be written before");
        }

        if (frame.Length == 0)
        {
            return;
        }

        var seal = chain.Append(frame.Written);
        json.Reset();
        json.WriteStartObject();
        json.WriteString("seal"u8, seal);
        json.WriteEndObject();
        EndLine();
        var length = compressor.Wrap(frame.Written, compressed);
        broken = true;
        stream.Write(compressed, 0, length);
        stream.Flush();
        broken = false;
        frame.CutTo(0);
        BytesWritten += length;
        Frames++;
    }

    /// <summary>Seals what is left, unless the stream has failed, and lets go of everything but the stream.</summary>
    public void Dispose()
    {
        if (!broken)
        {
            Seal();
        }

        json.Dispose();
        compressor.Dispose();
    }

    private static bool MustKeep(RecordedEvent recorded) => recorded switch
    {
        ConnectionJudged e => e.Verdict == RecordedVerdict.Refused,
        FlowNamed e => e.Verdict == RecordedVerdict.Refused,
        NameAsked e => e.Verdict == RecordedVerdict.Refused,
        FindingRaised or EventsLost or StepStarted or StepEnded or RecordingStarted => true,
        ExecutionAssigned or JobIdentified => true,
        _ => false,
    };

    private void WriteLosses(long bootTimeNs)
    {
        if (droppedByCap > 0)
        {
            Append(new EventsLost(RecordingLimits.CapReason, droppedByCap) { BootTimeNs = bootTimeNs });
            droppedByCap = 0;
        }

        if (droppedByLine > 0)
        {
            Append(new EventsLost(RecordingLimits.LineReason, droppedByLine) { BootTimeNs = bootTimeNs });
            droppedByLine = 0;
        }
    }

    private bool Append(RecordedEvent recorded)
    {
        var start = frame.Length;
        WriteLine(recorded);
        var length = frame.Length - start;
        if (length > RecordingLimits.LineBytes)
        {
            frame.CutTo(start);
            return false;
        }

        if (frame.Length > RecordingLimits.FrameBytes - SealChain.LineBytes)
        {
            frame.CutTo(start);
            Seal();
            WriteLine(recorded);
        }

        Events++;
        return true;
    }

    // {"v":1,"seq":7,"t":81000000123,"type":"eventsLost","reason":"event-ring","count":3}
    private void WriteLine(RecordedEvent recorded)
    {
        json.Reset();
        json.WriteStartObject();
        json.WriteNumber("v"u8, 1);
        json.WriteNumber("seq"u8, Events + 1);
        json.WriteNumber("t"u8, recorded.BootTimeNs);
        json.WriteString("type"u8, RecordedEventCodec.NameOf(recorded));
        json.Flush();

        // The fields follow as an object of their own, whose opening brace becomes the comma between both parts.
        var join = frame.Length;
        json.Reset();
        RecordedEventCodec.Write(json, recorded);
        json.Flush();
        frame.Replace(join, (byte)',');
        EndLine();
    }

    private void EndLine()
    {
        json.Flush();
        frame.GetSpan(1)[0] = (byte)'\n';
        frame.Advance(1);
    }
}
