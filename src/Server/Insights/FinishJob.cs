using Sallyport.Baseline;
using Sallyport.Protocol.Recording;
using Sallyport.Protocol.Report;
using Sallyport.Server.Access;
using Sallyport.Server.Configuration;
using Sallyport.Server.Ingest;
using Sallyport.Server.Insights.Lists;
using Sallyport.Server.Recordings;
using Sallyport.Server.Store;
using Sallyport.Server.Work;

namespace Sallyport.Server.Insights;

/// <summary>
/// A job has ended: its segments become a report, rows of lists, Parquet for the search, and one recording. Each step may be
/// done again; what has been counted stands in <c>counted</c>. All objects of a fold have its name, and the job's row says which fold counts: a replica
/// that was halted for longer than its claim replaces nothing of another that had more.
/// </summary>
internal sealed class FinishJob(
    Database database, Jobs jobs, Reports reports, IRecordingStore recordings, JobNews news, JobCounts counts,
    IEnumerable<IEventSink> sinks, ServerSettings settings, TimeProvider time)
    : IWorkHandler
{
    /// <summary>Word of <c>job.recorded</c>: the segments are one recording now, and nothing more can come.</summary>
    public const string Joined = "joined";

    public string Kind => WorkKind.Finish;

    public async Task DoAsync(WorkItem item, CancellationToken cancellation)
    {
        var job = await jobs.FindAsync(item.Subject, cancellation);
        if (job is null || job.Segments == 0)
        {
            return;
        }

        if (job.Recorded == Joined)
        {
            // Whoever joined them may have been stopped before the pieces, and what others had put, were gone.
            await RemovePastAsync(job, cancellation);
            return;
        }

        var segments = await jobs.SegmentsAsync(job.Id, 1, cancellation);
        var announced = job.AnnouncedSegments ?? segments[^1].Number;
        var id = NewFold(job);
        var folded = job with { Fold = id, NamedFold = id };
        var writers = sinks.Select(sink => sink.Open(folded)).ToList();
        try
        {
            using var fold = new JobFold(jobs.OpenAsync, recorded => writers.ForEach(writer => writer.Accept(recorded)));
            foreach (var segment in segments)
            {
                await fold.TakeAsync([segment], overGaps: true, cancellation);
                foreach (var writer in writers)
                {
                    await writer.SegmentEndedAsync(cancellation);
                }
            }

            var marked = await news.MarkAsync(job, fold.Finish(announced, job.Chain == ChainState.Broken), cancellation);
            if (await jobs.FindAsync(item.Subject, cancellation) is not { Recorded: not Joined })
            {
                // Another was quicker, and has taken the pieces away under this one; or retention took the job.
                return;
            }

            await EnterAsync(item, folded, marked, cancellation);
            await PutAsync(folded, marked.Report, writers, fold.IsWhole(announced) ? segments : null, cancellation);
            if (await jobs.FindAsync(item.Subject, cancellation) is { } entered && entered.Fold == id)
            {
                await RemovePastAsync(entered, cancellation);
            }
        }
        finally
        {
            foreach (var writer in writers)
            {
                await writer.DisposeAsync();
            }
        }
    }

    // Ids of folds are in the order in which they are entered, whatever the clocks of two replicas say: a lesser one than the job has is past.
    private string NewFold(JobRow job)
    {
        var id = Secrets.NewId(time.GetUtcNow());
        return string.CompareOrdinal(id, job.Fold) > 0 ? id : Secrets.NewId(JobTime.Of(job.Fold!).AddMilliseconds(1));
    }

    // A replica that was halted for longer than its claim may come here after another that had more: its report is not the job's.
    private async Task EnterAsync(WorkItem item, JobRow folded, MarkedReport marked, CancellationToken cancellation)
    {
        var chain = marked.Report.Recording?.Verdict switch
        {
            RecordingVerdict.Intact => ChainState.Intact,
            RecordingVerdict.Tampered => ChainState.Broken,
            _ => ChainState.Truncated,
        };
        await reports.KeepAsync(folded, marked.Report, cancellation);
        try
        {
            await counts.CountAsync(item, folded, marked, chain, cancellation);
        }
        catch (WorkTakenException)
        {
            await reports.RemoveAsync(folded, CancellationToken.None);
            throw;
        }
        catch (OperationCanceledException)
        {
            // Another may have entered its fold; who is still to do so removes what is past.
            if (await jobs.FindAsync(folded.Id, CancellationToken.None) is { } now && now.IsPast(folded.ReportName))
            {
                await reports.RemoveAsync(folded, CancellationToken.None);
            }

            throw;
        }
    }

    // Another fold may be entered meanwhile. It removes what is there of this one after that; what is put later still, this one does.
    private async Task PutAsync(
        JobRow folded, ReportDocument report, List<IEventWriter> writers, List<SegmentRow>? whole, CancellationToken cancellation)
    {
        try
        {
            foreach (var writer in writers)
            {
                await writer.CompleteAsync(report, cancellation);
            }

            if (whole is not null)
            {
                await JoinAsync(folded, whole, cancellation);
            }
        }
        finally
        {
            if ((await jobs.FindAsync(folded.Id, CancellationToken.None))?.Fold != folded.Fold)
            {
                await RemoveAsync(folded, CancellationToken.None);
            }
        }
    }

    private async Task RemoveAsync(JobRow folded, CancellationToken cancellation)
    {
        foreach (var sink in sinks)
        {
            await sink.RemoveAsync(folded, cancellation);
        }

        await recordings.RemoveAsync([folded.ReportName, folded.RecordingName], cancellation);
    }

    // Of whatever fold that did not come to remove it: what it was still putting when another was entered, and the pieces of what is joined.
    private async Task RemovePastAsync(JobRow job, CancellationToken cancellation)
    {
        var names = new List<string>();
        foreach (var prefix in job.Recorded == Joined ? [job.Folder] : new[] { $"{job.Folder}report", $"{job.Folder}recording" })
        {
            names.AddRange(await recordings.ListAsync(prefix, cancellation).Select(one => one.Name).Where(job.IsPast).ToListAsync(cancellation));
        }

        await recordings.RemoveAsync(names, cancellation);
        foreach (var sink in sinks)
        {
            await sink.RemovePastAsync(job, cancellation);
        }
    }

    // Frames one after the other are the recording. The pieces go when the whole is durable, and the row says so.
    private async Task JoinAsync(JobRow folded, List<SegmentRow> segments, CancellationToken cancellation)
    {
        var path = Path.Combine(settings.WorkFolder, $"{folded.Id}.{Guid.NewGuid():n}");
        try
        {
            await using (var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write))
            {
                foreach (var segment in segments)
                {
                    await using var bytes = await jobs.OpenAsync(segment, cancellation)
                        ?? throw new InvalidOperationException($"segment {segment.Number} is not there any more");
                    await bytes.CopyToAsync(file, cancellation);
                }
            }

            await recordings.PutFileAsync(folded.RecordingName, path, cancellation);
        }
        finally
        {
            File.Delete(path);
        }

        // One that was entered since they were read is not in it: its piece stays, and the job is folded again. Of a job that has ended the
        // ledger put the work in with it; of one that was lost, and runs now, its end does, or the sweep.
        if (await database.ExecuteAsync(
            "UPDATE job SET recorded = @Joined WHERE id = @Id AND segments = @Count AND fold = @Fold",
            new { folded.Id, folded.Fold, Joined, segments.Count },
            cancellation) == 0)
        {
            await recordings.RemoveAsync([folded.RecordingName], cancellation);
        }
    }
}
