namespace Sallyport.Protocol.Recording;

/// <summary>The state of a recording, and where it ends being intact.</summary>
/// <param name="Verdict">Of the chain.</param>
/// <param name="Frame">Number of the frame where reading stopped, from 1; the count of frames when intact.</param>
/// <param name="ByteOffset">Offset of that frame in the file, bytes; the length of the file when intact.</param>
/// <param name="Seal">Last seal that fitted, 64 hexadecimal digits; null when there was none.</param>
/// <param name="Detail">What was found there, one sentence without text from the job; null when intact.</param>
/// <param name="Events">Events that were read.</param>
/// <param name="UnknownLines">Lines of a type or version that this reader does not know; they are no damage.</param>
/// <param name="MalformedLines">Lines of a known type whose fields do not fit it, under a seal that fits.</param>
public sealed record RecordingIntegrity(
    RecordingVerdict Verdict,
    long Frame,
    long ByteOffset,
    string? Seal,
    string? Detail,
    long Events,
    long UnknownLines,
    long MalformedLines)
{
    /// <summary>State of a recording that this process has written to its end itself.</summary>
    /// <param name="writer">After its last <see cref="RecordingWriter.Seal"/>.</param>
    public static RecordingIntegrity Of(RecordingWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        return new(
            RecordingVerdict.Intact, writer.Frames, writer.BytesWritten, writer.LastSeal, null, writer.Events, 0, 0);
    }
}
