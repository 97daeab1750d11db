using Sallyport.Server.Access;
using Sallyport.Server.Ingest;
using Sallyport.Server.Recordings;
using Sallyport.Server.Store;

namespace Sallyport.Server.Insights;

/// <summary>Jobs and their segments, read.</summary>
internal sealed class Jobs(Database database, IRecordingStore recordings)
{
    public Task<JobRow?> FindAsync(string id, CancellationToken cancellation) =>
        database.OneAsync<JobRow>("SELECT * FROM job WHERE id = @id", new { id }, cancellation);

    /// <summary>The job, when they may look at it; null otherwise, as when there is none.</summary>
    public async Task<JobRow?> FindAsync(string id, Viewer viewer, CancellationToken cancellation) =>
        await FindAsync(id, cancellation) is { } job && viewer.May(job.Owner, Role.Viewer) ? job : null;

    /// <summary>Segments from a number on, in order.</summary>
    public Task<List<SegmentRow>> SegmentsAsync(string job, long from, CancellationToken cancellation) =>
        database.ListAsync<SegmentRow>(
            "SELECT * FROM segment WHERE job = @job AND number >= @from ORDER BY number", new { job, from }, cancellation);

    /// <summary>Bytes of one segment; null when they are not there.</summary>
    public Task<Stream?> OpenAsync(SegmentRow segment, CancellationToken cancellation) =>
        recordings.OpenAsync(segment.ObjectName, cancellation);
}
