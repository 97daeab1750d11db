using Sallyport.Protocol.Recording;

namespace Sallyport.Protocol.Report;

/// <summary>The recording behind a report.</summary>
/// <param name="Verdict">Of its chain of seals.</param>
/// <param name="Seal">Last seal that fitted, 64 hexadecimal digits; compare it with the one in the job's log.</param>
/// <param name="Frame">Number of the frame where it stops being intact; the count of frames when intact.</param>
/// <param name="OffsetBytes">Of that place in the file.</param>
/// <param name="Detail">What was found there; null when intact.</param>
public sealed record RecordingDocument(
    RecordingVerdict Verdict,
    string? Seal,
    long Frame,
    long OffsetBytes,
    string? Detail);
