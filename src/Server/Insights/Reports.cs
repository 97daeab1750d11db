using System.IO.Compression;
using Microsoft.Extensions.Caching.Memory;
using Sallyport.Protocol.Report;
using Sallyport.Server.Ingest;
using Sallyport.Server.Recordings;
using ZstdSharp;

namespace Sallyport.Server.Insights;

/// <summary>
/// Reports of jobs: of one that has ended, as it was folded; of one that runs, folded as far as it came and kept for the
/// next look, so that a page that follows a job costs what is new. Kept are <see cref="MaximumLiveBytes"/> of such folds; one that has no room is
/// folded from the start at the next look, and each is forgotten when nobody looked for <see cref="Forgotten"/>.
/// </summary>
internal sealed class Reports(Jobs jobs, IRecordingStore recordings, JobNews news, ReportGate gate) : IDisposable
{
    public const long MaximumLiveBytes = 512L << 20;

    /// <summary>Of report.json, for what is rendered of it or judged by it here.</summary>
    public const long MaximumDocumentBytes = 64L << 20;

    public static readonly TimeSpan Forgotten = TimeSpan.FromMinutes(2);

    private readonly MemoryCache live = new(new MemoryCacheOptions { SizeLimit = MaximumLiveBytes });

    /// <summary>Writes report.json of a job, dense.</summary>
    /// <returns>False when nothing of the job has come yet.</returns>
    public async Task<bool> WriteAsync(JobRow job, Stream target, CancellationToken cancellation)
    {
        if (await OpenFoldedAsync(job, cancellation) is { } folded)
        {
            await using (folded)
            {
                await folded.CopyToAsync(target, cancellation);
            }

            return true;
        }

        if (job.Segments == 0)
        {
            return false;
        }

        var report = await LiveAsync(job, cancellation);
        if (target is ReportBuffer bounded)
        {
            ReportJson.Write(bounded, report, indented: false);
            return true;
        }

        // A response is not written to but asynchronously.
        using var buffer = new MemoryStream();
        ReportJson.Write(buffer, report, indented: false);
        buffer.Position = 0;
        await buffer.CopyToAsync(target, cancellation);
        return true;
    }

    /// <summary>report.json of a job that was folded, as it is kept: zstd. Null when it was not.</summary>
    public async Task<Stream?> OpenPackedAsync(JobRow job, CancellationToken cancellation)
    {
        if (!IsOver(job))
        {
            return null;
        }

        if (await recordings.OpenAsync(job.ReportName, cancellation) is { } found)
        {
            return found;
        }

        // It was folded again since the row was read.
        return await jobs.FindAsync(job.Id, cancellation) is { } now && now.ReportName != job.ReportName
            ? await recordings.OpenAsync(now.ReportName, cancellation)
            : null;
    }

    /// <summary>Makes something of the report as a document, when there is room; null when nothing of the job has come yet.</summary>
    /// <exception cref="TimeoutException">Others were at theirs for too long.</exception>
    /// <exception cref="ReportTooLargeException">It has more than <see cref="MaximumDocumentBytes"/>.</exception>
    public Task<T?> UseAsync<T>(JobRow job, Func<ReportDocument, Task<T>> use, CancellationToken cancellation)
        where T : class => gate.WithinAsync(
            async () => await FindAsync(job, cancellation) is { } report ? await use(report) : null, cancellation);

    /// <summary>The report as a document; null when nothing of the job has come yet.</summary>
    /// <exception cref="ReportTooLargeException">It has more than <see cref="MaximumDocumentBytes"/>.</exception>
    internal async Task<ReportDocument?> FindAsync(JobRow job, CancellationToken cancellation)
    {
        using var buffer = new ReportBuffer();
        return await WriteAsync(job, buffer, cancellation)
            ? ReportJson.TryRead(buffer.GetBuffer().AsSpan(0, (int)buffer.Length), out _)
            : null;
    }

    /// <summary>Keeps the report of a job that has ended, under the name that the row has: beside those of other folds.</summary>
    public async Task KeepAsync(JobRow job, ReportDocument report, CancellationToken cancellation)
    {
        using var buffer = new MemoryStream();
        using (var packed = new CompressionStream(buffer, 6, leaveOpen: true))
        {
            ReportJson.Write(packed, report, indented: false);
        }

        await recordings.PutAsync(job.ReportName, buffer.GetBuffer().AsMemory(0, (int)buffer.Length), cancellation);
        live.Remove(job.Id);
    }

    public Task RemoveAsync(JobRow job, CancellationToken cancellation) => recordings.RemoveAsync([job.ReportName], cancellation);

    public void Dispose() => live.Dispose();

    // A job that was lost and goes on has a report of then.
    private static bool IsOver(JobRow job) =>
        job.Recorded is not null && (job.State != JobState.Running || job.Recorded == FinishJob.Joined);

    private async Task<Stream?> OpenFoldedAsync(JobRow job, CancellationToken cancellation)
    {
        return await OpenPackedAsync(job, cancellation) is { } packed ? new DecompressionStream(packed, leaveOpen: false) : null;
    }

    private async Task<ReportDocument> LiveAsync(JobRow job, CancellationToken cancellation)
    {
        var entry = live.Get<LiveFold>(job.Id) ?? Keep(job.Id, new LiveFold(new JobFold(jobs.OpenAsync)));
        ReportDocument report;
        await entry.Gate.WaitAsync(cancellation);
        try
        {
            var segments = await jobs.SegmentsAsync(job.Id, entry.Fold.Next, cancellation);
            await entry.Fold.TakeAsync(segments, overGaps: false, cancellation);
            report = entry.Fold.Snapshot();
            Keep(job.Id, entry); // It has grown.
        }
        finally
        {
            entry.Gate.Release();
        }

        return (await news.MarkAsync(job, report, cancellation)).Report;
    }

    private LiveFold Keep(string job, LiveFold fold) =>
        live.Set(job, fold, new MemoryCacheEntryOptions { Size = fold.Fold.Bytes, SlidingExpiration = Forgotten });

    // Not disposed: somebody may still be at the gate when it is forgotten; the collector takes it.
    private sealed record LiveFold(JobFold Fold)
    {
        public SemaphoreSlim Gate { get; } = new(1);
    }
}
