using Sallyport.Protocol.Ingest;

namespace Sallyport.Server.Ingest;

/// <summary>
/// Counts the segments of each job that are under way here: each holds a buffer of its size for as long as its sender likes. Bounded by
/// <see cref="IngestLimits.SegmentsAtOnce"/> of one job; a job of which nothing is under way is forgotten.
/// </summary>
internal sealed class SegmentGate
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, int> underWay = new(StringComparer.Ordinal);

    /// <returns>False when the job has as many under way as it may; otherwise <see cref="Leave"/> must follow.</returns>
    public bool TryEnter(string job)
    {
        lock (gate)
        {
            var count = underWay.GetValueOrDefault(job);
            if (count == IngestLimits.SegmentsAtOnce)
            {
                return false;
            }

            underWay[job] = count + 1;
            return true;
        }
    }

    public void Leave(string job)
    {
        lock (gate)
        {
            if (--underWay[job] == 0)
            {
                underWay.Remove(job);
            }
        }
    }
}
