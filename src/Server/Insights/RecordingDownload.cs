using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Sallyport.Server.Ingest;
using Sallyport.Server.Recordings;

namespace Sallyport.Server.Insights;

/// <summary>
/// A job's recording as somebody takes it: the whole, or as far as it had come when they asked. Which bytes those are is settled
/// before the first is sent: a segment that comes meanwhile is not among them, and pieces that are joined meanwhile are read from the whole.
/// </summary>
internal sealed class RecordingDownload : IAsyncDisposable
{
    private const int CopiedAtOnce = 64 << 10;

    private readonly Jobs jobs;
    private readonly IRecordingStore recordings;
    private readonly JobRow job;
    private readonly List<SegmentRow> pieces;
    private readonly Dictionary<long, long> starts = [];
    private Stream? whole;
    private long position;

    private RecordingDownload(Jobs jobs, IRecordingStore recordings, JobRow job, List<SegmentRow> pieces, Stream? whole)
    {
        (this.jobs, this.recordings, this.job, this.pieces, this.whole) = (jobs, recordings, job, pieces, whole);
        EntityTag = whole is null ? $"\"{DigestOf(pieces)}\"" : $"\"{job.Id}-whole\"";
        Length = whole is null ? pieces.Sum(piece => piece.Bytes) : whole.CanSeek ? whole.Length : null;
    }

    /// <summary>The same for the same bytes alone (RFC 9110 section 8.8.3).</summary>
    public string EntityTag { get; }

    /// <summary>In bytes; null when the store does not say it of the whole.</summary>
    public long? Length { get; }

    /// <summary>What there is of a job; null when there is nothing.</summary>
    public static async Task<RecordingDownload?> FindAsync(JobRow job, Jobs jobs, IRecordingStore recordings, CancellationToken cancellation)
    {
        if (job.Recorded != FinishJob.Joined)
        {
            var segments = await jobs.SegmentsAsync(job.Id, 1, cancellation);
            var there = new HashSet<string>(StringComparer.Ordinal);
            await foreach (var one in recordings.ListAsync(SegmentRow.FolderOf(job.Id), cancellation))
            {
                there.Add(one.Name);
            }

            // One that is not there was lost by the store, or joined since the job was read.
            var pieces = segments.FindAll(segment => there.Contains(segment.ObjectName));
            var now = pieces.Count == segments.Count ? job : await jobs.FindAsync(job.Id, cancellation);
            if (now is { Recorded: not FinishJob.Joined })
            {
                return pieces.Count == 0 ? null : new RecordingDownload(jobs, recordings, job, pieces, null);
            }

            job = now ?? job;
        }

        var whole = await recordings.OpenAsync(job.RecordingName, cancellation);
        return whole is null ? null : new RecordingDownload(jobs, recordings, job, [], whole);
    }

    /// <summary>Writes it.</summary>
    /// <returns>False when it went away under the hands: what was written is not all.</returns>
    public async Task<bool> TryCopyAsync(Stream target, CancellationToken cancellation)
    {
        if (pieces.Count == 0)
        {
            await whole!.CopyToAsync(target, cancellation);
            return true;
        }

        foreach (var piece in pieces)
        {
            await using var own = whole is null ? await jobs.OpenAsync(piece, cancellation) : null;
            if (own is null && !await TryFindInWholeAsync(piece, cancellation))
            {
                return false;
            }

            if (!await TryCopyAsync(own ?? whole!, target, piece.Bytes, cancellation))
            {
                return false;
            }

            position += own is null ? piece.Bytes : 0;
        }

        return true;
    }

    public async ValueTask DisposeAsync()
    {
        if (whole is not null)
        {
            await whole.DisposeAsync();
        }
    }

    private static string DigestOf(List<SegmentRow> pieces) => Convert.ToHexStringLower(
        SHA256.HashData(Encoding.ASCII.GetBytes(string.Concat(pieces.Select(piece => piece.Digest)))))[..32];

    private async Task<bool> TryFindInWholeAsync(SegmentRow piece, CancellationToken cancellation)
    {
        if (whole is null)
        {
            // Which fold it is of is known since it was joined.
            whole = await jobs.FindAsync(job.Id, cancellation) is { Recorded: FinishJob.Joined } joined
                ? await recordings.OpenAsync(joined.RecordingName, cancellation)
                : null;
            // Frames one after the other are the whole: each begins where those before it end. Some may have come since.
            var start = 0L;
            foreach (var segment in await jobs.SegmentsAsync(job.Id, 1, cancellation))
            {
                starts[segment.Number] = start;
                start += segment.Bytes;
            }
        }

        if (whole is null || !starts.TryGetValue(piece.Number, out var at) || !await TryCopyAsync(whole, Stream.Null, at - position, cancellation))
        {
            return false;
        }

        position = at;
        return true;
    }

    private static async Task<bool> TryCopyAsync(Stream from, Stream to, long count, CancellationToken cancellation)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(CopiedAtOnce);
        try
        {
            while (count > 0)
            {
                var read = await from.ReadAsync(buffer.AsMemory(0, (int)Math.Min(count, buffer.Length)), cancellation);
                if (read == 0)
                {
                    return false;
                }

                await to.WriteAsync(buffer.AsMemory(0, read), cancellation);
                count -= read;
            }

            return true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
