using System.Threading.Channels;
using Sallyport.Protocol.Ingest;
using Sallyport.Server.Configuration;
using Sallyport.Server.Store;

namespace Sallyport.Server.Ingest;

/// <summary>
/// Enters segments into the database. Those that arrive while a transaction is on its way to the disk share the next one:
/// two hundred agents cost one flush, not two hundred.
/// </summary>
internal sealed class SegmentLedger(Database database, ServerSettings settings, ILogger<SegmentLedger> log) : BackgroundService
{
    /// <summary>Segments of one transaction.</summary>
    private const int MaximumBatch = 256;

    // Bounded by the requests that wait; each waits for its own entry.
    private readonly Channel<Entry> entries = Channel.CreateBounded<Entry>(new BoundedChannelOptions(4096) { SingleReader = true });

    /// <summary>Enters one segment; durable when the call ends.</summary>
    public async Task<(SegmentAccepted? Segment, IngestFailure? Failure)> EnterAsync(SegmentRow row, CancellationToken cancellation)
    {
        var entry = new Entry(row, new(TaskCreationOptions.RunContinuationsAsynchronously));
        await entries.Writer.WriteAsync(entry, cancellation);
        return await entry.Done.Task.WaitAsync(cancellation);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var batch = new List<Entry>(MaximumBatch);
        try
        {
            while (await entries.Reader.WaitToReadAsync(stoppingToken))
            {
                batch.Clear();
                while (batch.Count < MaximumBatch && entries.Reader.TryRead(out var entry))
                {
                    batch.Add(entry);
                }

                await EnterAllAsync(batch);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Whoever still waits is told by its own cancellation.
        }
    }

    private async Task EnterAllAsync(List<Entry> batch)
    {
        try
        {
            var results = await database.WriteAsync(
                async write =>
                {
                    var done = new List<(SegmentAccepted?, IngestFailure?)>(batch.Count);
                    // In one order everywhere: replicas that enter segments of the same jobs cannot wait for each other in a ring.
                    foreach (var entry in batch.OrderBy(entry => entry.Row.Job, StringComparer.Ordinal).ThenBy(entry => entry.Row.Number))
                    {
                        done.Add(await EnterAsync(write, entry.Row));
                    }

                    return done;
                },
                CancellationToken.None);
            foreach (var (entry, result) in batch
                .OrderBy(entry => entry.Row.Job, StringComparer.Ordinal).ThenBy(entry => entry.Row.Number).Zip(results))
            {
                entry.Done.SetResult(result);
            }
        }
#pragma warning disable CA1031 // Whatever it was: those who wait are told, and the ledger goes on.
        catch (Exception e)
#pragma warning restore CA1031
        {
            IngestLog.LedgerFailed(log, batch.Count, e);
            foreach (var entry in batch)
            {
                entry.Done.TrySetException(e);
            }
        }
    }

    private async Task<(SegmentAccepted? Segment, IngestFailure? Failure)> EnterAsync(WriteScope write, SegmentRow row)
    {
        var job = await write.OneAsync<JobTotals>(
            $"SELECT bytes, chain FROM job WHERE id = @Job{(database.Kind == DatabaseKind.PostgreSql ? " FOR UPDATE" : "")}", row);
        if (job is null)
        {
            return (null, new(404, "There is no such job."));
        }

        var there = await write.OneAsync<SegmentRow>("SELECT * FROM segment WHERE job = @Job AND number = @Number", row);
        if (there is not null)
        {
            return there.Digest == row.Digest
                ? (new SegmentAccepted(row.Number, there.Events, job.Chain), null)
                : (null, new(409, $"Segment {row.Number} is there already, with other bytes.", $"SHA-256 {there.Digest}"));
        }

        if (job.Bytes + row.Bytes > settings.Limits.JobBytes)
        {
            return (null, new(413, $"A recording has at most {settings.Limits.JobBytes} bytes."));
        }

        await write.ExecuteAsync(
            """
            INSERT INTO segment (job, number, digest, previous, seal, bytes, text_bytes, events, first_sequence, received_ms)
            VALUES (@Job, @Number, @Digest, @Previous, @Seal, @Bytes, @TextBytes, @Events, @FirstSequence, @ReceivedMs)
            """,
            row);
        var breaks = await write.OneAsync<long?>(
            """
            SELECT MIN(at) FROM (
                SELECT @Number AS at FROM segment WHERE job = @Job AND number = @Number - 1
                    AND (seal <> @Previous OR first_sequence + events <> @FirstSequence)
                UNION ALL
                SELECT @Number + 1 AS at FROM segment WHERE job = @Job AND number = @Number + 1
                    AND (previous <> @Seal OR first_sequence <> @FirstSequence + @Events)) AS neighbours
            """,
            row);
        await write.ExecuteAsync(
            """
            UPDATE job SET segments = segments + 1, bytes = bytes + @Bytes, events = events + @Events, last_heard_ms = @ReceivedMs,
                state = CASE WHEN state = 'ended' THEN state ELSE 'running' END,
                chain = CASE WHEN @breaks IS NULL THEN chain ELSE 'broken' END,
                chain_broken_at = CASE WHEN @breaks IS NULL THEN chain_broken_at
                    WHEN chain_broken_at IS NULL OR chain_broken_at > @breaks THEN @breaks ELSE chain_broken_at END
            WHERE id = @Job
            """,
            new { row.Bytes, row.Events, row.ReceivedMs, row.Job, breaks });
        return (new SegmentAccepted(row.Number, row.Events, breaks is null ? job.Chain : ChainState.Broken), null);
    }

    private sealed record Entry(
        SegmentRow Row, TaskCompletionSource<(SegmentAccepted? Segment, IngestFailure? Failure)> Done);

    private sealed record JobTotals
    {
        public long Bytes { get; init; }

        public string Chain { get; init; } = "";
    }
}
