using Sallyport.Protocol.Ingest;
using Sallyport.Server.Configuration;

namespace Sallyport.Server.Ingest;

/// <summary>
/// Counts the segments that are under way here: each holds a buffer of its size for as long as its sender takes. Bounded by
/// <see cref="IngestLimits.SegmentsAtOnce"/> of one job and <see cref="ServerLimits.UploadBytes"/> of all; a job of which nothing is under way
/// is forgotten.
/// </summary>
internal sealed class SegmentGate(ServerSettings settings)
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, int> underWay = new(StringComparer.Ordinal);
    private long bytes;

    /// <returns>Why it cannot be taken now; when null, <see cref="Leave"/> must follow.</returns>
    public IngestFailure? Enter(string job, int size)
    {
        lock (gate)
        {
            var count = underWay.GetValueOrDefault(job);
            if (count == IngestLimits.SegmentsAtOnce)
            {
                return new(429, $"{IngestLimits.SegmentsAtOnce} segments of this job are under way.");
            }

            if (bytes + size > settings.Limits.UploadBytes)
            {
                return new(429, $"{settings.Limits.UploadBytes} bytes of segments are under way.");
            }

            underWay[job] = count + 1;
            bytes += size;
            return null;
        }
    }

    public void Leave(string job, int size)
    {
        lock (gate)
        {
            bytes -= size;
            if (--underWay[job] == 0)
            {
                underWay.Remove(job);
            }
        }
    }
}
