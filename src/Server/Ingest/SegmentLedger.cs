using System.Threading.Channels;
using Npgsql;
using Sallyport.Protocol.Ingest;
using Sallyport.Server.Configuration;
using Sallyport.Server.Insights;
using Sallyport.Server.Store;
using Sallyport.Server.Work;

namespace Sallyport.Server.Ingest;

/// <summary>
/// Enters segments into the database. Those that arrive while a transaction is on its way to the disk share the next one:
/// two hundred agents cost one flush, not two hundred.
/// </summary>
internal sealed class SegmentLedger(Database database, WorkQueue work, ServerSettings settings, ILogger<SegmentLedger> log) : BackgroundService
{
    /// <summary>Segments of one transaction.</summary>
    private const int MaximumBatch = 256;

    /// <summary>How long a job that has ended waits for further late segments before it is folded again.</summary>
    private const long LateMs = 3_000;

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

                if (!await TryEnterAsync(batch))
                {
                    // One of them hinders the others: each by itself.
                    foreach (var entry in batch)
                    {
                        await TryEnterAsync([entry]);
                    }
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Whoever still waits is told by its own cancellation.
        }
    }

    /// <summary>Whoever waits is told, but for a batch of several of which one may hinder the others.</summary>
    private async Task<bool> TryEnterAsync(List<Entry> batch)
    {
        // In one order everywhere: replicas that enter segments of the same jobs cannot wait for each other in a ring.
        batch.Sort((left, right) => string.CompareOrdinal(left.Row.Job, right.Row.Job) is var order and not 0
            ? order
            : left.Row.Number.CompareTo(right.Row.Number));
        try
        {
            var results = await database.WriteAsync(
                async write =>
                {
                    var done = new List<(SegmentAccepted?, IngestFailure?)>(batch.Count);
                    foreach (var entry in batch)
                    {
                        done.Add(await EnterAsync(write, entry.Row));
                    }

                    return done;
                },
                CancellationToken.None);
            foreach (var (entry, result) in batch.Zip(results))
            {
                entry.Done.SetResult(result);
            }

            return true;
        }
#pragma warning disable CA1031 // Whatever it was: who waits is told, and the ledger goes on.
        catch (Exception e)
#pragma warning restore CA1031
        {
            IngestLog.LedgerFailed(log, batch.Count, e);
            // Where the database is away, each by itself would wait for it in turn.
            var isTold = batch.Count == 1 || e is NpgsqlException and not PostgresException;
            foreach (var entry in isTold ? batch : [])
            {
                entry.Done.TrySetException(e);
            }

            return isTold;
        }
    }

    /// <summary>What is known of a segment without its bytes: it is there, or cannot come; null when it may.</summary>
    public Task<(SegmentAccepted? Segment, IngestFailure? Failure)?> FindAsync(SegmentRow row, CancellationToken cancellation) =>
        database.ReadAsync(async scope => await FindAsync(scope, await JobAsync(scope, row, ""), row), cancellation);

    private static Task<JobTotals?> JobAsync(WriteScope scope, SegmentRow row, string lockRow) =>
        scope.OneAsync<JobTotals>($"SELECT bytes, text_bytes, chain, state, recorded FROM job WHERE id = @Job {lockRow}", row);

    private async Task<(SegmentAccepted? Segment, IngestFailure? Failure)?> FindAsync(WriteScope scope, JobTotals? job, SegmentRow row)
    {
        if (job is null)
        {
            return (null, new(404, "There is no such job."));
        }

        if (await scope.OneAsync<SegmentRow>("SELECT * FROM segment WHERE job = @Job AND number = @Number", row) is { } there)
        {
            return there.Digest == row.Digest
                ? (new SegmentAccepted(row.Number, there.Events, job.Chain), null)
                : (null, new(409, $"Segment {row.Number} is there already, with other bytes.", $"SHA-256 {there.Digest}"));
        }

        if (job.Recorded == FinishJob.Joined)
        {
            return (null, new(409, "The recording is whole, and has no more segments."));
        }

        return job.Bytes + row.Bytes > settings.Limits.JobBytes
            ? (null, new(413, $"A recording has at most {settings.Limits.JobBytes} bytes."))
            : job.TextBytes + row.TextBytes > settings.Limits.JobTextBytes
                ? (null, new(413, $"A recording has at most {settings.Limits.JobTextBytes} bytes, unpacked."))
                : null;
    }

    private async Task<(SegmentAccepted? Segment, IngestFailure? Failure)> EnterAsync(WriteScope write, SegmentRow row)
    {
        var job = await JobAsync(write, row, database.Kind == DatabaseKind.PostgreSql ? "FOR UPDATE" : "");
        if (await FindAsync(write, job, row) is { } known)
        {
            return known;
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
            UPDATE job SET segments = segments + 1, bytes = bytes + @Bytes, text_bytes = text_bytes + @TextBytes, events = events + @Events, last_heard_ms = @ReceivedMs,
                state = @state, chain = CASE WHEN @breaks IS NULL THEN chain ELSE @Broken END,
                chain_broken_at = CASE WHEN @breaks IS NULL THEN chain_broken_at
                    WHEN chain_broken_at IS NULL OR chain_broken_at > @breaks THEN @breaks ELSE chain_broken_at END
            WHERE id = @Job
            """,
            new
            {
                row.Bytes,
                row.TextBytes,
                row.Events,
                row.ReceivedMs,
                row.Job,
                breaks,
                ChainState.Broken,
                state = job!.State == JobState.Ended ? JobState.Ended : JobState.Running,
            });
        if (job.State == JobState.Ended)
        {
            // It was folded without this one; more may follow it.
            await work.AddAsync(write, WorkKind.Finish, row.Job, row.ReceivedMs + LateMs);
        }

        return (new SegmentAccepted(row.Number, row.Events, breaks is null ? job.Chain : ChainState.Broken), null);
    }

    private sealed record Entry(
        SegmentRow Row, TaskCompletionSource<(SegmentAccepted? Segment, IngestFailure? Failure)> Done);

    private sealed record JobTotals
    {
        public long Bytes { get; init; }

        public long TextBytes { get; init; }

        public string Chain { get; init; } = "";

        public string State { get; init; } = "";

        public string? Recorded { get; init; }
    }
}
