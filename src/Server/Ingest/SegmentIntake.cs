using Microsoft.Extensions.ObjectPool;
using Sallyport.Protocol.Ingest;
using Sallyport.Protocol.Recording;
using Sallyport.Server.Configuration;
using Sallyport.Server.Insights;
using Sallyport.Server.Recordings;
using Sallyport.Server.Store;

namespace Sallyport.Server.Ingest;

/// <summary>
/// Takes segments: opened and checked against the seal before, put where recordings are kept, then entered in the ledger.
/// In that order: what the ledger has is there. Segments come in any order and more than once.
/// </summary>
internal sealed class SegmentIntake(
    Database database, IRecordingStore recordings, SegmentLedger ledger, LiveJobs alive, ServerSettings settings, TimeProvider time)
{
    private readonly ObjectPool<SegmentReader> readers = new DefaultObjectPool<SegmentReader>(
        new DefaultPooledObjectPolicy<SegmentReader>(), Environment.ProcessorCount * 4);

    public async Task<(SegmentAccepted? Segment, IngestFailure? Failure)> PutAsync(
        string job, long number, string? previousSeal, byte[] body, int count, CancellationToken cancellation)
    {
        if (number < 1 || number > settings.Limits.JobSegments)
        {
            return (null, new(413, $"A recording has at most {settings.Limits.JobSegments} segments; this is number {number}."));
        }

        var previous = previousSeal ?? (number == 1 ? SegmentReader.FirstSeal : "");
        var digest = SegmentRow.DigestOf(body.AsSpan(0, count));
        var (facts, mistake) = Open(body, count, previous);
        if (facts is null)
        {
            return await RefuseAsync(job, number, mistake!, cancellation);
        }

        if (number == 1 != (previous == SegmentReader.FirstSeal))
        {
            return await RefuseAsync(job, number, "the first segment, and no other, follows 64 zeros", cancellation);
        }

        var row = new SegmentRow
        {
            Job = job,
            Number = number,
            Digest = digest,
            Previous = previous,
            Seal = facts.Seal,
            Bytes = count,
            TextBytes = facts.TextBytes,
            Events = facts.Events,
            FirstSequence = facts.FirstSequence,
            ReceivedMs = time.GetUtcNow().ToUnixTimeMilliseconds(),
        };
        // Asked before anything is stored, and again when it is entered: what is refused leaves no bytes behind.
        if (await ledger.FindAsync(row, cancellation) is { } known)
        {
            if (known.Segment is not null)
            {
                await alive.HeardAsync(row, cancellation);
            }

            return known;
        }

        await recordings.PutAsync(row.ObjectName, body.AsMemory(0, count), cancellation);
        var entered = await ledger.EnterAsync(row, cancellation);
        if (entered.Failure is not null)
        {
            await recordings.RemoveAsync([row.ObjectName], cancellation);
        }

        return entered;
    }

    private (SegmentFacts? Facts, string? Mistake) Open(byte[] body, int count, string previous)
    {
        var reader = readers.Get();
        try
        {
            var facts = reader.TryOpen(body, count, previous, out var mistake);
            return (facts, mistake);
        }
        finally
        {
            readers.Return(reader);
        }
    }

    // Nothing of it is kept, but that it came: the page says where the chain is broken. A recording that is whole stays so.
    private async Task<(SegmentAccepted? Segment, IngestFailure? Failure)> RefuseAsync(
        string job, long number, string mistake, CancellationToken cancellation)
    {
        await database.ExecuteAsync(
            """
            UPDATE job SET chain = @broken, chain_broken_at = @number
            WHERE id = @job AND (recorded IS NULL OR recorded <> @Joined) AND (chain_broken_at IS NULL OR chain_broken_at > @number)
              AND NOT EXISTS (SELECT 1 FROM segment WHERE job = @job AND number = @number)
            """,
            new { job, number, broken = ChainState.Broken, FinishJob.Joined },
            cancellation);
        return (null, new(422, $"Segment {number} is not kept: {mistake}."));
    }
}
