using Sallyport.Protocol.Recording;
using Sallyport.Protocol.Report;
using Sallyport.Reporting;
using Sallyport.Server.Ingest;

namespace Sallyport.Server.Insights;

/// <summary>
/// Folds the segments of one job into a report, as far as they are there. A gap is passed over at the end alone: until then
/// the missing segment may come. Not safe for concurrent use.
/// </summary>
internal sealed class JobFold(Func<SegmentRow, CancellationToken, Task<Stream?>> open, Action<RecordedEvent>? observe = null) : IDisposable
{
    /// <summary>Reason of the loss that counts segments that did not come, or are not readable any more.</summary>
    public const string MissingReason = "segments-missing";

    // Of its buffers, and of the reader's: a segment packed, and its text.
    private const long BufferBytes = 4 << 20;

    private readonly SegmentReader reader = new();
    private readonly ReportBuilder builder = new();
    private readonly byte[] packed = new byte[SegmentReader.MaximumPackedBytes];
    private long next = 1;
    private long missing;
    private long events;
    private long malformed;
    private bool ended;
    private bool broken;
    private string? seal;

    /// <summary>Memory that it holds, but for the rows themselves, which are bounded by number.</summary>
    public long Bytes => BufferBytes + builder.TextBytes;

    /// <summary>Number of the first segment that was not folded yet.</summary>
    public long Next => next;

    /// <summary>Takes what follows what was taken.</summary>
    /// <param name="segments">In order, from <see cref="Next"/> or before.</param>
    /// <param name="overGaps">Nothing more is waited for.</param>
    public async Task TakeAsync(IEnumerable<SegmentRow> segments, bool overGaps, CancellationToken cancellation)
    {
        foreach (var segment in segments)
        {
            if (segment.Number < next)
            {
                continue;
            }

            if (segment.Number > next && !overGaps)
            {
                return;
            }

            Lose(segment.Number - next);
            broken |= segment.Number == next && seal is not null && segment.Previous != seal;
            await TakeAsync(segment, cancellation);
            next = segment.Number + 1;
        }
    }

    /// <summary>The report so far, of a job that runs; more may follow.</summary>
    public ReportDocument Snapshot() => builder.Build(isRunning: true);

    /// <summary>The report at the end.</summary>
    /// <param name="announced">Segments that there are, as the sender said.</param>
    /// <param name="chainIsBroken">Something was refused, or does not follow its neighbours.</param>
    public ReportDocument Finish(long announced, bool chainIsBroken)
    {
        var isWhole = IsWhole(announced);
        Lose(announced - (next - 1));
        var verdict = broken || chainIsBroken ? RecordingVerdict.Tampered
            : isWhole ? RecordingVerdict.Intact
            : RecordingVerdict.Truncated;
        return builder.Build(new RecordingIntegrity(verdict, next - 1, 0, seal, null, events, 0, malformed));
    }

    /// <summary>Whether all of it is there and fits.</summary>
    public bool IsWhole(long announced) => ended && !broken && missing == 0 && next - 1 >= announced;

    public void Dispose() => reader.Dispose();

    private void Lose(long segments)
    {
        if (segments > 0)
        {
            missing += segments;
            builder.Accept(new EventsLost(MissingReason, segments));
        }
    }

    private async Task TakeAsync(SegmentRow segment, CancellationToken cancellation)
    {
        await using var stream = await open(segment, cancellation);
        var count = stream is null ? 0 : await stream.ReadAtLeastAsync(packed, packed.Length, throwOnEndOfStream: false, cancellation);
        if (stream is null || reader.TryOpen(packed, count, segment.Previous, out _) is not { } facts || facts.Seal != segment.Seal)
        {
            // The store has lost or changed it: what it held is not known, what it was sealed with is.
            Lose(1);
            seal = segment.Seal;
            return;
        }

        seal = facts.Seal;
        while (reader.TryRead(out var recorded, out var passedOver))
        {
            malformed += passedOver;
            events++;
            ended |= recorded is RecordingEnded;
            builder.Accept(recorded);
            observe?.Invoke(recorded);
        }
    }
}
